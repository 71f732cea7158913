/** A request to deliver everything that was handed over before. */
interface Flush {
  /** Value of FLUSH_REQUESTED. */
  readonly sequence: number;
  /** Ring position up to which records belong to it. */
  readonly position: number;
  /** The last batch that belongs to it, once the ring was read that far. */
  batchSequence: number | undefined;
  /** The last score that belongs to it, likewise. */
  scoreNumber: number;
}

/** Flushes that wait apart; past this the oldest are answered with the next one. */
const MAX_FLUSHES = 1_000;

/** Flushes that are asked for and not done, the oldest first. */
export class Flushes {
  readonly #pending: Flush[] = [];
  #seen: number;

  /** @param done the last flush that was answered. */
  constructor(done: number) {
    this.#seen = done;
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** Notes a request; returns whether it is new. */
  request(sequence: number, position: number): boolean {
    if (sequence === this.#seen) return false;
    this.#seen = sequence;
    this.#pending.push({ sequence, position, batchSequence: undefined, scoreNumber: 0 });
    if (this.#pending.length > MAX_FLUSHES) this.#pending.shift();
    return true;
  }

  /** Whether a flush waits for batches to be closed, now that the ring was read as far as `hasPassed` says. */
  needsSeal(hasPassed: (position: number) => boolean): boolean {
    return this.#pending.some((flush) => flush.batchSequence === undefined && hasPassed(flush.position));
  }

  /** All batches up to `batchSequence` are closed, and all scores up to `scoreNumber` taken. */
  sealed(batchSequence: number, hasPassed: (position: number) => boolean, scoreNumber = 0): void {
    for (const flush of this.#pending) {
      if (flush.batchSequence !== undefined || !hasPassed(flush.position)) continue;
      flush.batchSequence = batchSequence;
      flush.scoreNumber = scoreNumber;
    }
  }

  /**
   * The newest flush that is done when only batches from `oldestSequence` and scores from `oldestScore` on are left;
   * it and those before are forgotten.
   */
  settle(oldestSequence: number, oldestScore = Number.POSITIVE_INFINITY): number | undefined {
    let done: number | undefined;
    for (;;) {
      const flush = this.#pending[0];
      if (flush?.batchSequence === undefined || flush.batchSequence >= oldestSequence) return done;
      if (flush.scoreNumber >= oldestScore) return done;
      done = flush.sequence;
      this.#pending.shift();
    }
  }
}
