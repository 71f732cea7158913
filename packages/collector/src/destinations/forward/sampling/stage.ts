import type { ScoreEvent } from '../score-events.js';
import type { RunningSpan, SpanPiece } from '../span-pieces.js';

/** What one entry of the queue holds. */
export interface EntryContent {
  readonly id: number;
  /** As the queue keeps it. */
  readonly payload: Uint8Array;
  readonly pieces: readonly SpanPiece[];
  readonly running: readonly RunningSpan[];
  readonly scores: readonly ScoreEvent[];
}

/** What is to be sent. */
export interface Kept {
  readonly pieces: readonly SpanPiece[];
  readonly scores: readonly ScoreEvent[];
}

/** Decides what of the stream goes to a destination. Times are those of `performance.now()`. */
export interface SamplingStage {
  /** What of the entry is to be sent at once. */
  take(entry: EntryContent, nowMs: number): Kept;
  /** Decides on what has waited for long enough. Nothing is to be sent by that. */
  decide(nowMs: number): void;
  /** When `decide` has something to do; infinite for never. */
  wakeAtMs(): number;
  /** The id up to which every entry is decided on; `undefined` before the first. */
  settledId(): number | undefined;
  /** How many entries that is, since the start. */
  settledEntries(): number;
  sampledOutSpans(): number;
}

/** Everything goes. */
export class TakeAll implements SamplingStage {
  #settledId: number | undefined;
  #settledEntries = 0;

  take({ id, pieces, scores }: EntryContent): Kept {
    this.#settledId = id;
    this.#settledEntries++;
    return { pieces, scores };
  }

  decide(): void {
    // Nothing waits.
  }

  wakeAtMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  settledId(): number | undefined {
    return this.#settledId;
  }

  settledEntries(): number {
    return this.#settledEntries;
  }

  sampledOutSpans(): number {
    return 0;
  }
}
