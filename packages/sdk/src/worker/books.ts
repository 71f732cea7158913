import { COUNT, DROP_REASONS, type DropReason } from '../ring/layout.js';

type Slot = (typeof COUNT)[keyof typeof COUNT];

/** Reasons whose counts the worker writes. */
export type WorkerDropReason = Extract<
  DropReason,
  'retry_buffer_full' | 'rejected' | 'too_large' | 'encode_error' | 'redis_full'
>;

const PRODUCER_DROPS: readonly DropReason[] = ['ring_full', 'after_shutdown', 'copy_error'];

/** The books at one moment: `started = open + sampledOut + pending + delivered + sum(dropped)`. */
export interface Balance {
  readonly started: number;
  readonly open: number;
  readonly sampledOut: number;
  readonly pending: number;
  readonly delivered: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
}

/** The counts of the control block, seen from the worker: it writes its own, and reads the producer's. */
export class Books {
  readonly #counts: Float64Array;

  constructor(counts: Float64Array) {
    this.#counts = counts;
  }

  add(slot: Slot, count = 1): void {
    this.#counts[slot] = this.read(slot) + count;
  }

  drop(reason: WorkerDropReason, count: number): void {
    this.add(DROP_REASONS[reason], count);
  }

  read(slot: Slot): number {
    return this.#counts[slot] ?? 0;
  }

  /** Spans that were handed over, of which the ring has given us neither the END nor the loss. */
  notTaken(): number {
    return this.read(COUNT.HANDED_OVER) - this.read(COUNT.TAKEN);
  }

  balance(): Balance {
    // Our own counts first and the producer's in the order in which spans pass: each later one can only be larger.
    const delivered = this.read(COUNT.DELIVERED);
    const dropped = this.dropped();
    const droppedByProducer = PRODUCER_DROPS.reduce((sum, reason) => sum + dropped[reason], 0);
    const droppedByWorker = Object.values(dropped).reduce((sum, count) => sum + count, 0) - droppedByProducer;
    const handedOver = this.read(COUNT.HANDED_OVER);
    const sampledOut = this.read(COUNT.SAMPLED_OUT);
    const started = this.read(COUNT.STARTED);
    return {
      started,
      open: started - sampledOut - handedOver - droppedByProducer,
      sampledOut,
      pending: handedOver - delivered - droppedByWorker,
      delivered,
      dropped,
    };
  }

  dropped(): Record<DropReason, number> {
    const dropped: Partial<Record<DropReason, number>> = {};
    for (const [reason, slot] of Object.entries(DROP_REASONS)) dropped[reason as DropReason] = this.read(slot);
    return dropped as Record<DropReason, number>;
  }
}
