import { COUNT, DROP_REASONS, type DropReason } from '../ring/layout.js';

/** The books of a client's scores. */
export interface ScoreStats {
  /** Everything that was passed as a score, also what is none. */
  readonly made: number;
  /** Acknowledged by the backend. */
  readonly delivered: number;
  /** No score, no room, refused, or the backend takes none; the log says which, once each. */
  readonly dropped: number;
  /** Neither delivered nor dropped yet. */
  readonly pending: number;
}

/** The books of a client. `started = open + sampledOut + pending + delivered + sum(dropped)`. */
export interface ClientStats {
  /** Spans begun, events included. */
  readonly started: number;
  /** Begun and not ended. */
  readonly open: number;
  /** Begun in traces that sampling left out. */
  readonly sampledOut: number;
  /** Ended, and neither delivered nor dropped yet. */
  readonly pending: number;
  /** Acknowledged by the backend. */
  readonly delivered: number;
  /** Ended and lost, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Inputs lost while their span lived on: no room in the ring, or given up by the worker. */
  readonly lostInputs: number;
  /** Trace-level updates that found no room in the ring, or after which no span of their trace came to carry them. */
  readonly lostUpdates: number;
  /** Fields sent as `[mask failed]`, since what cannot be masked is not sent. */
  readonly lostFields: number;
  /** Scores, which have books of their own: `made = delivered + dropped + pending`. Those of traces that sampling left out are not made. */
  readonly scores: ScoreStats;
  /** Updates without an active observation of their level; each kind is explained once in a warning. */
  readonly misplacedUpdates: number;
}

const PRODUCER_DROPS = [COUNT.DROPPED_RING_FULL, COUNT.DROPPED_AFTER_SHUTDOWN, COUNT.DROPPED_COPY_ERROR];
const CONSUMER_DROPS = [
  COUNT.DROPPED_RETRY_BUFFER_FULL,
  COUNT.DROPPED_REJECTED,
  COUNT.DROPPED_TOO_LARGE,
  COUNT.DROPPED_ENCODE_ERROR,
  COUNT.DROPPED_WORKER_STOPPED,
  COUNT.DROPPED_REDIS_FULL,
];

const SCORE_DROPS = [COUNT.SCORES_REFUSED, COUNT.SCORES_LOST, COUNT.SCORES_DROPPED];

/** Reads the books of several rings (a reconfigured client has more than one) as one. */
export function readStats(rings: readonly Float64Array[], misplacedUpdates: number): ClientStats {
  const sum = (...slots: number[]): number =>
    rings.reduce((total, counts) => total + slots.reduce((part, slot) => part + (counts[slot] ?? 0), 0), 0);
  const handedOver = sum(COUNT.HANDED_OVER);
  const delivered = sum(COUNT.DELIVERED);
  const made = sum(COUNT.SCORES_MADE);
  const scoresDelivered = sum(COUNT.SCORES_DELIVERED);
  const scoresDropped = sum(...SCORE_DROPS);
  const dropped = Object.fromEntries(Object.entries(DROP_REASONS).map(([reason, slot]) => [reason, sum(slot)]));
  return {
    started: sum(COUNT.STARTED),
    open: sum(COUNT.STARTED) - sum(COUNT.SAMPLED_OUT) - handedOver - sum(...PRODUCER_DROPS),
    sampledOut: sum(COUNT.SAMPLED_OUT),
    pending: handedOver - delivered - sum(...CONSUMER_DROPS),
    delivered,
    dropped: dropped as Record<DropReason, number>,
    lostInputs: sum(COUNT.LOST_INPUTS, COUNT.LOST_HELD_INPUTS),
    lostUpdates: sum(COUNT.LOST_UPDATES, COUNT.LATE_UPDATES),
    lostFields: sum(COUNT.LOST_FIELDS),
    scores: {
      made,
      delivered: scoresDelivered,
      dropped: scoresDropped,
      pending: made - scoresDelivered - scoresDropped,
    },
    misplacedUpdates,
  };
}

/** Spans of this ring that have begun and not ended. */
export function openSpansOf(counts: Float64Array): number {
  return readStats([counts], 0).open;
}

/** Scores in the ring or with the consumer that are neither delivered nor dropped. */
export function undecidedScores(counts: Float64Array): number {
  return readStats([counts], 0).scores.pending;
}

/** Spans in the ring or with the consumer that are neither delivered nor dropped. */
export function handedOverAndUndecided(counts: Float64Array): number {
  return (counts[COUNT.HANDED_OVER] ?? 0) - decided(counts);
}

function decided(counts: Float64Array): number {
  return [COUNT.DELIVERED, ...CONSUMER_DROPS].reduce((sum, slot) => sum + (counts[slot] ?? 0), 0);
}
