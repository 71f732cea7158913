import type { QueueEntry } from './contract.js';
import { type FileSystem, type OpenFile, readFully } from './file-system.js';
import { HeldRecords } from './held-records.js';
import type { Quarantine } from './quarantine.js';
import { findRecord, parseRecord } from './record.js';
import type { Segment } from './segment.js';
import type { SegmentLog, WrittenRecord } from './segment-log.js';

/** One read of the disk holds at least this, so that small records are not read one by one. */
const MIN_WINDOW_BYTES = 256 * 1024;

/** A destination's place in the log. */
export class SegmentReader {
  readonly #fs: FileSystem;
  readonly #log: SegmentLog;
  readonly #quarantine: Quarantine;
  /** What became durable while this reader was there, and need not be read back. */
  readonly #held: HeldRecords;
  /** Entries up to here are skipped. */
  #lastId: number;
  #segment: Segment | undefined;
  #offsetBytes = 0;
  /** Of `#segment`, once something had to be read from it. */
  #file: OpenFile | undefined;

  constructor(fs: FileSystem, log: SegmentLog, quarantine: Quarantine, afterId: number) {
    this.#fs = fs;
    this.#log = log;
    this.#quarantine = quarantine;
    this.#lastId = afterId;
    this.#held = new HeldRecords(log);
  }

  /** The id of the last entry that was read. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Whether everything that is durable has been read. */
  get isAtEnd(): boolean {
    return this.#segment === this.#log.segments.at(-1) && this.#offsetBytes >= (this.#segment?.durableBytes ?? 0);
  }

  /** Told of what has just become durable. */
  hold(written: readonly WrittenRecord[]): void {
    this.#held.add(written);
  }

  /** The entries that are there, at most `maxBytes` of payload but at least one; `[]` at the end. */
  async readAvailable(maxBytes: number): Promise<readonly QueueEntry[]> {
    for (;;) {
      const segment = this.#current() ?? (await this.#moveTo(this.#firstSegment()));
      if (segment === undefined) return [];
      const held = this.#takeHeld(segment, maxBytes);
      if (held.length > 0) return held;
      if (this.#offsetBytes < this.#diskEnd(segment)) {
        const entries = await this.#readWindow(segment, maxBytes);
        if (entries.length > 0) return entries;
      } else if (!(await this.#moveOn(segment))) {
        return [];
      }
    }
  }

  async close(): Promise<void> {
    this.#held.clear();
    this.#segment = undefined;
    await this.#closeFile();
  }

  /** The segment that it stands in, unless that was evicted. */
  #current(): Segment | undefined {
    return this.#segment !== undefined && this.#log.segments.includes(this.#segment) ? this.#segment : undefined;
  }

  /** The newest segment that can hold the next entry, else the oldest there is. */
  #firstSegment(): Segment | undefined {
    const candidates = this.#log.segments.filter((segment) => segment.baseId <= this.#lastId + 1);
    return candidates.at(-1) ?? this.#log.segments[0];
  }

  async #moveOn(current: Segment): Promise<boolean> {
    const next = this.#log.segments[this.#log.segments.indexOf(current) + 1];
    if (next === undefined || next === current) return false;
    await this.#moveTo(next);
    return true;
  }

  async #moveTo(segment: Segment | undefined): Promise<Segment | undefined> {
    this.#segment = segment;
    this.#offsetBytes = 0;
    await this.#closeFile();
    return segment;
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** As far as the disk has to be read: what comes then is held. */
  #diskEnd(segment: Segment): number {
    return this.#held.startIn(segment, this.#offsetBytes) ?? segment.durableBytes;
  }

  /** What is held from this place on, within the segment. */
  #takeHeld(segment: Segment, maxBytes: number): QueueEntry[] {
    const entries: QueueEntry[] = [];
    let payloadBytes = 0;
    for (;;) {
      const record = this.#held.at(segment, this.#offsetBytes);
      if (record === undefined) return entries;
      const { entry } = record;
      if (entry.id > this.#lastId) {
        payloadBytes += entry.payload.byteLength;
        if (entries.length > 0 && payloadBytes > maxBytes) return entries;
        entries.push(entry);
        this.#lastId = entry.id;
      }
      this.#held.dropFirst();
      this.#offsetBytes = record.endBytes;
    }
  }

  async #readWindow(segment: Segment, maxBytes: number): Promise<QueueEntry[]> {
    const restBytes = this.#diskEnd(segment) - this.#offsetBytes;
    let window = await this.#load(segment, Math.min(restBytes, Math.max(MIN_WINDOW_BYTES, maxBytes)));
    if (window === undefined) return [];
    const first = parseRecord(window, 0, segment.marker);
    if (first.kind === 'incomplete' && first.recordBytes <= restBytes && first.recordBytes > window.byteLength) {
      window = await this.#load(segment, first.recordBytes);
      if (window === undefined) return [];
    }
    const entries: QueueEntry[] = [];
    let payloadBytes = 0;
    let offset = 0;
    for (;;) {
      const parsed = parseRecord(window, offset, segment.marker);
      if (parsed.kind !== 'record') break;
      const { entry } = parsed;
      if (entry.id > this.#lastId) {
        payloadBytes += entry.payload.byteLength;
        if (entries.length > 0 && payloadBytes > maxBytes) break;
        entries.push(this.#dated(entry, segment));
        this.#lastId = entry.id;
      }
      offset = parsed.endOffset;
    }
    if (offset === 0) await this.#skipBroken(segment, restBytes);
    this.#offsetBytes += offset;
    return entries;
  }

  /** An entry that was there at the start is at least as old as the last write to its file. */
  #dated(entry: QueueEntry, { foundAtMs }: Segment): QueueEntry {
    const isDated = foundAtMs !== undefined && entry.id < this.#log.foundBelowId;
    return isDated ? { ...entry, appendedAtMs: foundAtMs } : entry;
  }

  /** `undefined` where the segment was evicted at this moment. */
  async #load(segment: Segment, lengthBytes: number): Promise<Buffer | undefined> {
    try {
      this.#file ??= await this.#fs.open(segment.path, 'read');
    } catch (error) {
      if (this.#log.segments.includes(segment)) throw error;
      return undefined;
    }
    return readFully(this.#file, this.#offsetBytes, lengthBytes);
  }

  /** Moves to the next whole record of the segment, or to its end, and keeps a copy of what it passes. */
  async #skipBroken(segment: Segment, restBytes: number): Promise<void> {
    const rest = await this.#load(segment, restBytes);
    if (rest === undefined) return;
    const next = findRecord(rest, 1, segment.marker);
    const brokenBytes = next === -1 ? restBytes : next;
    await this.#quarantine.keep(segment.name, this.#offsetBytes, rest.subarray(0, brokenBytes));
    this.#offsetBytes += brokenBytes;
  }
}
