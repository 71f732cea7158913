// Hot path: claim and publish together <= 0.1 µs a record.
import {
  CONTROL_BYTES,
  type COUNT,
  distance,
  NO_REWIND,
  nextLap,
  nextPosition,
  type RingMemory,
  SLOT,
} from './layout.js';

/** How far into the ring the producer writes before it looks for a chance to go back: well within a core's own cache. */
const REWIND_BYTES = 64 * 1024;

/**
 * The producer's side of the ring. One instance lives on one thread; nothing here waits.
 *
 * `claim()` gives the offset at which the next record may be written and sets `limit`; the caller writes into
 * `bytes` (offsets are relative to the ring) and either publishes the record's length or simply does not.
 */
export class RingWriter {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly counts: Float64Array;
  /** Set by {@link claim}: first offset that the record may not touch. */
  limit = 0;

  private readonly slots: Int32Array;
  private readonly capacityBytes: number;
  private readonly overhangBytes: number;
  private readonly onHalfFull: () => void;
  private readonly rewindBytes: number;
  private readonly mask: number;
  private readonly halfBytes: number;
  private position: number;
  private knownReadPosition: number;
  private rewindAt = NO_REWIND;
  private wakeAsked = false;

  constructor(memory: RingMemory, onHalfFull: () => void, rewindBytes: number = REWIND_BYTES) {
    const ringBytes = memory.capacityBytes + memory.overhangBytes;
    this.bytes = Buffer.from(memory.shared, CONTROL_BYTES, ringBytes);
    this.view = new DataView(memory.shared, CONTROL_BYTES, ringBytes);
    this.words = new Int32Array(memory.shared, CONTROL_BYTES, ringBytes >> 2);
    this.doubles = new Float64Array(memory.shared, CONTROL_BYTES, ringBytes >> 3);
    this.counts = memory.counts;
    this.slots = memory.slots;
    this.capacityBytes = memory.capacityBytes;
    this.overhangBytes = memory.overhangBytes;
    this.onHalfFull = onHalfFull;
    this.rewindBytes = rewindBytes;
    this.mask = memory.capacityBytes - 1;
    this.halfBytes = memory.capacityBytes >>> 1;
    this.position = Atomics.load(memory.slots, SLOT.WRITE_POSITION);
    this.knownReadPosition = Atomics.load(memory.slots, SLOT.READ_POSITION);
  }

  /** Where the next record begins, or -1 when the ring has no room at all. */
  claim(): number {
    let offset = this.position & this.mask;
    if (offset >= this.rewindBytes && this.isEmpty()) offset = this.rewind();
    this.setLimit(offset);
    // The known read position is old by up to a lap; look again only when it may matter.
    if (this.limit - offset < this.overhangBytes) {
      this.lookAgain();
      this.setLimit(offset);
    }
    return this.limit === 0 ? -1 : offset;
  }

  /** Hands the record at the claimed offset over to the consumer. */
  publish(lengthBytes: number): void {
    this.position = nextPosition(this.position, lengthBytes, this.capacityBytes);
    Atomics.store(this.slots, SLOT.WRITE_POSITION, this.position);
    if (distance(this.knownReadPosition, this.position) > this.halfBytes) this.wakeIfHalfFull();
    else this.wakeAsked = false;
  }

  private isEmpty(): boolean {
    return Atomics.load(this.slots, SLOT.READ_POSITION) === this.position;
  }

  /** The consumer learns of it with the next record that is published. */
  private rewind(): number {
    this.rewindAt = this.position;
    Atomics.store(this.slots, SLOT.REWIND_AT, this.position);
    this.position = nextLap(this.position, this.capacityBytes);
    this.knownReadPosition = this.position;
    return 0;
  }

  private setLimit(offset: number): void {
    const used = distance(this.knownReadPosition, this.position);
    const readOffset = this.knownReadPosition & this.mask;
    if (used === 0 || readOffset < offset) this.limit = this.capacityBytes + this.overhangBytes;
    else this.limit = readOffset === offset ? 0 : readOffset;
  }

  private lookAgain(): void {
    const read = Atomics.load(this.slots, SLOT.READ_POSITION);
    if (read === this.rewindAt) {
      // Nothing lies between there and the lap's start.
      this.knownReadPosition = nextLap(read, this.capacityBytes);
      return;
    }
    this.knownReadPosition = read;
    if (this.rewindAt === NO_REWIND) return;
    // Passed. It must not stand there when positions come round to it again.
    this.rewindAt = NO_REWIND;
    Atomics.store(this.slots, SLOT.REWIND_AT, NO_REWIND);
  }

  private wakeIfHalfFull(): void {
    this.lookAgain();
    const isHalfFull = distance(this.knownReadPosition, this.position) > this.halfBytes;
    // One wake-up for each time the ring fills: with a stuck worker more messages would only pile up.
    if (isHalfFull && !this.wakeAsked) this.onHalfFull();
    this.wakeAsked = isHalfFull;
  }
}

/** Adds one to a count of the producer's. */
export function count(counts: Float64Array, slot: (typeof COUNT)[keyof typeof COUNT]): void {
  counts[slot] = (counts[slot] ?? 0) + 1;
}
