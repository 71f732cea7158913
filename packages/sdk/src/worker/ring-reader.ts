import { HEADER_BYTES } from '../record/format.js';
import { align, CONTROL_BYTES, distance, nextLap, nextPosition, type RingMemory, SLOT } from '../ring/layout.js';
import { type DecodedRecord, RecordReader } from './record-reader.js';

/** What the next bytes in the ring turned out to be. */
export type RingItem =
  | { readonly kind: 'record'; readonly record: DecodedRecord; readonly sizeBytes: number }
  /** A record that could not be read, and was stepped over; `isEnd` as its header has it. */
  | { readonly kind: 'unreadable'; readonly isEnd: boolean }
  /** A length that cannot be: everything up to the write position was given up. */
  | { readonly kind: 'resynchronised' };

const RESYNCHRONISED: RingItem = { kind: 'resynchronised' };

/** The consumer's side of the ring. Gives each record's room back as soon as it is decoded. */
export class RingReader {
  readonly #memory: RingMemory;
  readonly #records: RecordReader;
  #position: number;

  constructor(memory: RingMemory) {
    this.#memory = memory;
    const ringBytes = memory.capacityBytes + memory.overhangBytes;
    this.#records = new RecordReader(Buffer.from(memory.shared, CONTROL_BYTES, ringBytes));
    this.#position = Atomics.load(memory.slots, SLOT.READ_POSITION);
  }

  /** Position after the newest record that was taken. */
  get position(): number {
    return this.#position;
  }

  /** Position after the newest record that the producer has published. */
  writePosition(): number {
    return Atomics.load(this.#memory.slots, SLOT.WRITE_POSITION);
  }

  /** The next record, or `undefined` when the ring is empty. Never throws. */
  next(): RingItem | undefined {
    const writePosition = this.writePosition();
    const available = distance(this.#position, writePosition);
    if (available === 0) return undefined;
    if (Atomics.load(this.#memory.slots, SLOT.REWIND_AT) === this.#position) {
      this.#advance(nextLap(this.#position, this.#memory.capacityBytes));
      return this.next();
    }
    const offset = this.#position & (this.#memory.capacityBytes - 1);
    const lengthBytes = this.#records.lengthAt(offset);
    const next = nextPosition(this.#position, lengthBytes, this.#memory.capacityBytes);
    const isPossible =
      lengthBytes >= HEADER_BYTES &&
      align(lengthBytes) <= this.#memory.overhangBytes &&
      distance(this.#position, next) <= available;
    if (!isPossible) {
      this.#advance(writePosition);
      return RESYNCHRONISED;
    }
    const item = this.#decode(offset, lengthBytes);
    this.#advance(next);
    return item;
  }

  #decode(offset: number, lengthBytes: number): RingItem {
    const isEnd = this.#records.isEndAt(offset);
    try {
      return { kind: 'record', record: this.#records.read(offset, lengthBytes), sizeBytes: lengthBytes };
    } catch {
      // Whatever is wrong with it (CorruptRecordError, or a text beyond V8's limit): counted by the caller, stepped over.
      return { kind: 'unreadable', isEnd };
    }
  }

  #advance(position: number): void {
    this.#position = position;
    Atomics.store(this.#memory.slots, SLOT.READ_POSITION, position);
  }
}
