import type { Segment } from './segment.js';
import type { SegmentLog, WrittenRecord } from './segment-log.js';

/** As much as a destination takes at once; a slower one reads the rest from the disk. */
const MAX_HELD_BYTES = 32 * 1024 * 1024;

/** Fewer are not worth copying the rest for. */
const MIN_FORGOTTEN = 16;

/**
 * Records that became durable and are still in memory: one run without gaps, somewhere ahead of a reader, which gets
 * them from here instead of from the disk. What does not continue the run, or would make it too large, is not held.
 */
export class HeldRecords {
  readonly #log: SegmentLog;
  #records: WrittenRecord[] = [];
  /** How many of them have been taken. */
  #takenCount = 0;
  #bytes = 0;

  constructor(log: SegmentLog) {
    this.#log = log;
  }

  add(written: readonly WrittenRecord[]): void {
    for (const record of written) {
      const bytes = record.endBytes - record.startBytes;
      if (!this.#isContinuedBy(record) || this.#bytes + bytes > MAX_HELD_BYTES) return;
      this.#records.push(record);
      this.#bytes += bytes;
    }
  }

  /** The record that lies at this place of the log, if it is held. */
  at(segment: Segment, offsetBytes: number): WrittenRecord | undefined {
    this.#dropPassed(segment, offsetBytes);
    const first = this.#first();
    return first?.segment === segment && first.startBytes === offsetBytes ? first : undefined;
  }

  /** Where in this segment the run begins; `undefined` where it begins in none or another. */
  startIn(segment: Segment, offsetBytes: number): number | undefined {
    this.#dropPassed(segment, offsetBytes);
    const first = this.#first();
    return first?.segment === segment ? first.startBytes : undefined;
  }

  dropFirst(): void {
    const first = this.#first();
    if (first === undefined) return;
    this.#takenCount++;
    this.#bytes -= first.endBytes - first.startBytes;
    if (this.#takenCount === this.#records.length) this.clear();
    else if (this.#takenCount >= MIN_FORGOTTEN && this.#takenCount * 2 >= this.#records.length) this.#forgetTaken();
  }

  /** A reader that is always a little behind never empties the list, and what it took must not be kept for that. */
  #forgetTaken(): void {
    this.#records = this.#records.slice(this.#takenCount);
    this.#takenCount = 0;
  }

  clear(): void {
    this.#records = [];
    this.#takenCount = 0;
    this.#bytes = 0;
  }

  #first(): WrittenRecord | undefined {
    return this.#records[this.#takenCount];
  }

  /** Drops what lies behind a place, and what was evicted. */
  #dropPassed(segment: Segment, offsetBytes: number): void {
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      const isPassed =
        first.segment === segment ? first.startBytes < offsetBytes : first.segment.baseId < segment.baseId;
      if (!isPassed && this.#log.segments.includes(first.segment)) return;
      this.dropFirst();
    }
  }

  #isContinuedBy({ segment, startBytes }: WrittenRecord): boolean {
    const last = this.#records.at(-1);
    if (last === undefined) return true;
    if (last.segment === segment) return last.endBytes === startBytes;
    const { segments } = this.#log;
    return (
      startBytes === 0 &&
      last.endBytes === last.segment.durableBytes &&
      segments.indexOf(segment) === segments.indexOf(last.segment) + 1
    );
  }
}
