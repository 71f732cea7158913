import { isWireError } from '@slipstream/wire';
import { decodeScores, holdsScores } from '../../scores/payload.js';
import type { DeadLetter, ReplayAttempt } from '../dead-letters.js';
import type { Cargo, Courier, CourierPolicy } from './courier.js';
import { type ScoreEvent, toScoreEvent } from './score-events.js';
import { type SpanPiece, takeApart } from './span-pieces.js';

/** A courier with what it carries. */
export interface ReplayLane<Item> {
  readonly courier: Courier<Item>;
  readonly cargo: Cargo<Item>;
  countFitting(items: readonly Item[]): number;
}

export interface ReplaySettings {
  readonly spans: ReplayLane<SpanPiece>;
  /** `undefined` where scores have no place. */
  readonly scores: ReplayLane<ScoreEvent> | undefined;
  readonly signal: AbortSignal;
  /** Told how many spans were taken, and how many rejected. */
  readonly onSpans: (takenCount: number, rejectedCount: number) => void;
}

/** Tries a dead letter once: no waiting, and what is refused again stays a letter. */
export async function replayLetter(letter: DeadLetter, settings: ReplaySettings): Promise<ReplayAttempt> {
  const { payload } = letter.entry;
  if (holdsScores(payload)) return replayScores(letter, settings);
  try {
    const { pieces, invalid } = takeApart(payload, 0);
    if (invalid.length > 0) return { kind: 'refused', letters: [letter] };
    return await replayItems(pieces, settings.spans, settings);
  } catch (error) {
    if (!isWireError(error)) throw error;
    return { kind: 'refused', letters: [letter] };
  }
}

async function replayScores(letter: DeadLetter, settings: ReplaySettings): Promise<ReplayAttempt> {
  const scores = decodeScores(letter.entry.payload);
  if (scores === undefined || settings.scores === undefined) return { kind: 'refused', letters: [letter] };
  return replayItems(
    scores.map((score) => toScoreEvent(score, 0)),
    settings.scores,
    settings,
  );
}

async function replayItems<Item>(
  items: readonly Item[],
  { courier, cargo, countFitting }: ReplayLane<Item>,
  { signal, onSpans }: ReplaySettings,
): Promise<ReplayAttempt> {
  const letters: DeadLetter[] = [];
  const policy: CourierPolicy<Item> = {
    signal,
    onAccepted(takenCount, { rejectedCount }) {
      if (cargo.what === 'spans') onSpans(takenCount, rejectedCount);
    },
    onUnavailable: async () => 'give_up',
    async onRefused(refused, reason) {
      letters.push(cargo.toLetter(refused, reason));
      return true;
    },
  };
  let rest = items;
  while (rest.length > 0) {
    const batch = rest.slice(0, countFitting(rest));
    if (!(await courier.deliver(batch, policy))) return { kind: 'unavailable' };
    rest = rest.slice(batch.length);
  }
  return letters.length === 0 ? { kind: 'delivered' } : { kind: 'refused', letters };
}
