import type { RingMemory } from '../ring/layout.js';

/** Smallest page of the systems that Node runs on; where pages are larger, some touches do nothing. */
const PAGE_BYTES = 4096;

/** About a millisecond of page faults, so that draining is not held up. */
const SLICE_BYTES = 1024 * 1024;

/** A larger ring is for rare bursts, and is not made resident for them. */
const MAX_WARM_BYTES = 64 * 1024 * 1024;

/**
 * Makes the ring's memory resident before the application writes to it. The first write to a fresh page costs 2–3 µs
 * (100 KB into untouched memory 70–90 µs, into touched 8), and without this the application's thread pays it.
 */
export class PageWarmer {
  readonly #words: Int32Array;
  readonly #endBytes: number;
  #nextBytes = 0;

  constructor({ shared }: RingMemory) {
    this.#words = new Int32Array(shared);
    this.#endBytes = Math.min(shared.byteLength, MAX_WARM_BYTES);
  }

  /** Touches the next slice; returns whether more is left. */
  step(): boolean {
    const sliceEnd = Math.min(this.#nextBytes + SLICE_BYTES, this.#endBytes);
    for (; this.#nextBytes < sliceEnd; this.#nextBytes += PAGE_BYTES) {
      // A write that changes nothing, whatever the producer writes there at the same time: it is one atomic step.
      Atomics.add(this.#words, this.#nextBytes >> 2, 0);
    }
    return this.#nextBytes < this.#endBytes;
  }
}
