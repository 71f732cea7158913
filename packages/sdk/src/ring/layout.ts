/**
 * The shared memory between the application's thread (producer) and the worker (consumer).
 *
 * ```
 *  SharedArrayBuffer
 *  ┌──────────────────────┬──────────────────────────────────────┬──────────────────────┐
 *  │ control (512 bytes)  │ ring (capacityBytes, power of two)   │ overhang (one record)│
 *  └──────────────────────┴──────────────────────────────────────┴──────────────────────┘
 *   lap n:                 [rec][rec]......[rec that starts before the ring's end ──▶]
 *   lap n+1:               [rec]...
 * ```
 *
 * Positions count bytes from the ring's first lap, modulo 2^32; `position & (capacityBytes - 1)` is the offset.
 * A record is contiguous: one that begins inside the ring may run on into the overhang, and then the next record
 * begins at offset 0 of the next lap ({@link nextPosition}). So no record is ever split, and no record needs a
 * filler. Both sides compute the same step from the record's length, so nothing marks a wrap.
 *
 * Whenever the producer finds the ring empty it goes back to its beginning, because memory that was just used is in
 * the processor's caches and the rest of a large ring is not: it notes the position that it leaves in `REWIND_AT` and
 * goes on at the next lap's start ({@link nextLap}). A consumer that has come to `REWIND_AT` takes the same step. So a
 * burst still has the whole ring, and quiet traffic only its first part.
 *
 * The producer alone writes `WRITE_POSITION` (after the record's bytes, with a store that publishes them); the
 * consumer alone writes `READ_POSITION`, after it has copied what it needs.
 */

export const CONTROL_BYTES = 512;

/** Every record begins at a multiple of this, so that its header can be written through typed arrays. */
export const RECORD_ALIGNMENT_BYTES = 8;

/**
 * Int32 slots by index (4 bytes each). Producer and consumer slots lie on different cache lines (64 bytes),
 * because a line that both sides write would bounce between the cores at each span.
 */
export const SLOT = {
  /** Producer writes. Position after the newest record. */
  WRITE_POSITION: 0,
  /** Producer writes. 1 once no more records will come; the consumer delivers what is left and sets `DRAINED`. */
  CLOSING: 1,
  /** Producer writes. Counts requests to deliver everything now (flush and exit). */
  FLUSH_REQUESTED: 2,
  /** Producer writes. The position from which the next record begins at the following lap's start, or {@link NO_REWIND}. */
  REWIND_AT: 3,
  /** Consumer writes. Position after the newest record that it has taken over. */
  READ_POSITION: 16,
  /** Consumer writes. The `FLUSH_REQUESTED` value up to which nothing is pending any more. */
  FLUSH_DONE: 17,
  /** Consumer writes and notifies. Changes with every step forward, so that a waiting producer sees life. */
  PROGRESS: 18,
  /** Consumer writes. 1 once its loop runs. */
  STARTED: 19,
  /** Consumer writes. 1 when `CLOSING` was seen and nothing is left to deliver or all was tried. */
  DRAINED: 20,
} as const;

/**
 * Float64 slots by index (8 bytes each): the books. Doubles, because counts pass 2^32 and 64-bit integers would
 * cost a BigInt each. Each slot has one writer. Producer's counts at bytes 128–255, consumer's at 256–511.
 */
export const COUNT = {
  /** Producer. Spans begun (events included), whatever became of them. */
  STARTED: 16,
  /** Producer. Begun in a trace that sampling left out. */
  SAMPLED_OUT: 17,
  /** Producer. Ended and handed over: an END record is in the ring. */
  HANDED_OVER: 18,
  /** Producer. Ended and dropped because the ring had no room. */
  DROPPED_RING_FULL: 19,
  /** Producer. Ended after `shutdown`. */
  DROPPED_AFTER_SHUTDOWN: 20,
  /** Producer. Ended, but the copy failed in a way that the copier does not foresee. */
  DROPPED_COPY_ERROR: 21,
  /** Producer. START records that found no room: the span lives on without its input. Outside the balance. */
  LOST_INPUTS: 22,
  /** Producer. Trace-level updates that found no room. Outside the balance. */
  LOST_UPDATES: 23,

  /** Consumer. END records taken over. */
  TAKEN: 32,
  /** Consumer. Spans that the backend acknowledged. */
  DELIVERED: 33,
  /** Consumer. Dropped because the retry buffer was full. */
  DROPPED_RETRY_BUFFER_FULL: 34,
  /** Consumer. Refused by the backend for good (partial success, or a status that is not to be retried). */
  DROPPED_REJECTED: 35,
  /** Consumer. One span alone was larger than the backend takes. */
  DROPPED_TOO_LARGE: 36,
  /** Consumer. A record that could not be read or encoded. */
  DROPPED_ENCODE_ERROR: 37,
  /** Consumer. Open spans whose input was held and given up (too many, or too large together). Outside the balance. */
  LOST_HELD_INPUTS: 38,
  /** Producer, while no consumer runs. Taken by a worker that died before it had delivered them. */
  DROPPED_WORKER_STOPPED: 24,
  /** Consumer. Requests sent, and those that failed. */
  REQUESTS: 39,
  FAILED_REQUESTS: 40,
  /** Consumer. Trace-level updates after which no span of their trace came, so that they reached nobody. Outside the balance. */
  LATE_UPDATES: 41,
  /** Consumer. Refused by a Redis that has no memory left for them. */
  DROPPED_REDIS_FULL: 42,
  /** Producer. Scores made, those counted below included; they have books of their own, outside the balance of spans. */
  SCORES_MADE: 25,
  /** Producer. Scores that were none, found no room, or came after `shutdown`. */
  SCORES_REFUSED: 26,
  /** Producer, while no consumer runs. Taken by a worker that died before it had delivered them. */
  SCORES_LOST: 27,
  /** Consumer. Scores that the backend acknowledged. */
  SCORES_DELIVERED: 44,
  /** Consumer. Scores that the backend refused or does not take, or that had no room to wait. */
  SCORES_DROPPED: 45,
  /** Consumer. Fields whose content was left out because their mask failed; their span went on. Outside the balance. */
  LOST_FIELDS: 43,
} as const;

/** Dropped spans by the reason's public name, and the slot that counts them. */
export const DROP_REASONS = {
  ring_full: COUNT.DROPPED_RING_FULL,
  after_shutdown: COUNT.DROPPED_AFTER_SHUTDOWN,
  copy_error: COUNT.DROPPED_COPY_ERROR,
  retry_buffer_full: COUNT.DROPPED_RETRY_BUFFER_FULL,
  rejected: COUNT.DROPPED_REJECTED,
  too_large: COUNT.DROPPED_TOO_LARGE,
  encode_error: COUNT.DROPPED_ENCODE_ERROR,
  worker_stopped: COUNT.DROPPED_WORKER_STOPPED,
  redis_full: COUNT.DROPPED_REDIS_FULL,
} as const;

/** Why a span was dropped. */
export type DropReason = keyof typeof DROP_REASONS;

/** Where the parts of the shared memory lie. */
export interface RingMemory {
  /** Not shared where the runtime has no shared memory: then both sides run on one thread. */
  readonly shared: SharedArrayBuffer | ArrayBuffer;
  readonly capacityBytes: number;
  readonly overhangBytes: number;
  /** Int32 view of the control block, by {@link SLOT}. */
  readonly slots: Int32Array;
  /** Float64 view of the control block, by {@link COUNT}. */
  readonly counts: Float64Array;
}

/** Views over memory that {@link allocateRing} made, on either side. */
export function openRing(shared: SharedArrayBuffer | ArrayBuffer, capacityBytes: number): RingMemory {
  return {
    shared,
    capacityBytes,
    overhangBytes: shared.byteLength - CONTROL_BYTES - capacityBytes,
    slots: new Int32Array(shared, 0, CONTROL_BYTES / 4),
    counts: new Float64Array(shared, 0, CONTROL_BYTES / 8),
  };
}

/** Makes a ring of at least `capacityBytes` (rounded up to a power of two) that takes records up to `maxRecordBytes`. */
export function allocateRing(capacityBytes: number, maxRecordBytes: number): RingMemory {
  const rounded = 2 ** Math.ceil(Math.log2(Math.max(capacityBytes, 4096)));
  const Memory = globalThis.SharedArrayBuffer ?? ArrayBuffer;
  const memory = openRing(new Memory(CONTROL_BYTES + rounded + align(maxRecordBytes)), rounded);
  memory.slots[SLOT.REWIND_AT] = NO_REWIND;
  return memory;
}

/** The next multiple of {@link RECORD_ALIGNMENT_BYTES}. */
export function align(bytes: number): number {
  return (bytes + RECORD_ALIGNMENT_BYTES - 1) & ~(RECORD_ALIGNMENT_BYTES - 1);
}

/** Position of the record after one at `position` that is `lengthBytes` long. */
export function nextPosition(position: number, lengthBytes: number, capacityBytes: number): number {
  const offset = position & (capacityBytes - 1);
  const end = offset + align(lengthBytes);
  return (position - offset + Math.min(end, capacityBytes)) | 0;
}

/** Where the lap after that of `position` begins. */
export function nextLap(position: number, capacityBytes: number): number {
  return ((position & -capacityBytes) + capacityBytes) | 0;
}

/** No position: all of those are multiples of {@link RECORD_ALIGNMENT_BYTES}. */
export const NO_REWIND = 1;

/** Bytes between two positions; right across the turn of 2^32. */
export function distance(from: number, to: number): number {
  return (to - from) >>> 0;
}
