import type { QueueEntry } from './contract.js';
import { type FileSystem, type OpenFile, readFully } from './file-system.js';
import type { Quarantine } from './quarantine.js';
import { findRecord, parseRecord } from './record.js';
import type { Segment } from './segment.js';
import type { SegmentLog } from './segment-log.js';

/** One read of the disk holds at least this, so that small records are not read one by one. */
const MIN_WINDOW_BYTES = 256 * 1024;

/** A destination's place in the log. */
export class SegmentReader {
  readonly #fs: FileSystem;
  readonly #log: SegmentLog;
  readonly #quarantine: Quarantine;
  /** Entries up to here are skipped. */
  #lastId: number;
  #segment: Segment | undefined;
  #offsetBytes = 0;
  #file: OpenFile | undefined;

  constructor(fs: FileSystem, log: SegmentLog, quarantine: Quarantine, afterId: number) {
    this.#fs = fs;
    this.#log = log;
    this.#quarantine = quarantine;
    this.#lastId = afterId;
  }

  /** The id of the last entry that was read. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Whether everything that is durable has been read. */
  get isAtEnd(): boolean {
    return this.#segment === this.#log.segments.at(-1) && this.#offsetBytes >= (this.#segment?.durableBytes ?? 0);
  }

  /** The entries that are there, at most `maxBytes` of payload but at least one; `[]` at the end. */
  async readAvailable(maxBytes: number): Promise<readonly QueueEntry[]> {
    for (;;) {
      const segment = this.#current() ?? (await this.#enter(this.#firstSegment()));
      if (segment === undefined) return [];
      if (this.#offsetBytes < segment.durableBytes) {
        const entries = await this.#readWindow(segment, maxBytes);
        if (entries.length > 0) return entries;
      } else if (!(await this.#enterNext(segment))) {
        return [];
      }
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#segment = undefined;
    await file?.close();
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

  async #enterNext(current: Segment): Promise<boolean> {
    const next = this.#log.segments[this.#log.segments.indexOf(current) + 1];
    if (next === undefined || next === current) return false;
    await this.#enter(next);
    return true;
  }

  async #enter(segment: Segment | undefined): Promise<Segment | undefined> {
    await this.close();
    if (segment === undefined) return undefined;
    try {
      this.#file = await this.#fs.open(segment.path, 'read');
    } catch (error) {
      if (this.#log.segments.includes(segment)) throw error;
      // Evicted at this moment.
      return this.#enter(this.#firstSegment());
    }
    this.#segment = segment;
    this.#offsetBytes = 0;
    return segment;
  }

  async #readWindow(segment: Segment, maxBytes: number): Promise<QueueEntry[]> {
    const restBytes = segment.durableBytes - this.#offsetBytes;
    let window = await this.#load(Math.min(restBytes, Math.max(MIN_WINDOW_BYTES, maxBytes)));
    const first = parseRecord(window, 0, segment.marker);
    if (first.kind === 'incomplete' && first.recordBytes <= restBytes && first.recordBytes > window.byteLength) {
      window = await this.#load(first.recordBytes);
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
        entries.push(entry);
        this.#lastId = entry.id;
      }
      offset = parsed.endOffset;
    }
    if (offset === 0) await this.#skipBroken(segment);
    this.#offsetBytes += offset;
    return entries;
  }

  async #load(lengthBytes: number): Promise<Buffer> {
    return this.#file === undefined ? Buffer.alloc(0) : readFully(this.#file, this.#offsetBytes, lengthBytes);
  }

  /** Moves to the next whole record of the segment, or to its end, and keeps a copy of what it passes. */
  async #skipBroken(segment: Segment): Promise<void> {
    const rest = await this.#load(segment.durableBytes - this.#offsetBytes);
    const next = findRecord(rest, 1, segment.marker);
    const brokenBytes = next === -1 ? segment.durableBytes - this.#offsetBytes : next;
    await this.#quarantine.keep(segment.name, this.#offsetBytes, rest.subarray(0, brokenBytes));
    this.#offsetBytes += brokenBytes;
  }
}
