import { queueClosed } from '../errors.js';
import type { QueueEntry } from './contract.js';
import type { Cursors } from './cursors.js';
import { type FileSystem, type OpenFile, writeFully } from './file-system.js';
import type { Quarantine } from './quarantine.js';
import { listSegments, newSegment, type Segment, scanTail } from './segment.js';

/** A record that has become durable, and where it lies. */
export interface WrittenRecord {
  readonly segment: Segment;
  readonly startBytes: number;
  readonly endBytes: number;
  readonly entry: QueueEntry;
}

/**
 * The segments of one directory, the newest open for writing.
 *
 * ```
 * segment-…01   segment-…57   segment-…98
 * [1 2 … 56]    [57 … 97]     [98 99 100 |← durableBytes
 *  removed when every cursor is past 56     └ the next write goes here
 * ```
 *
 * Only one `write` runs at a time (the group commit sees to that). Readers look at `segments` and `durableBytes`.
 */
export class SegmentLog {
  readonly segments: Segment[] = [];
  /** The id of the next record. Rises on every attempt to write, so that a doubtful record's id is never used again. */
  nextId = 1;
  /** The highest id that readers may see. */
  lastDurableId = 0;
  /** Whatever has a lower id was there at the start. */
  foundBelowId = 1;

  readonly #fs: FileSystem;
  readonly #directory: string;
  readonly #maxSegmentBytes: number;
  #active: { readonly segment: Segment; readonly file: OpenFile } | undefined;

  constructor(fs: FileSystem, directory: string, maxSegmentBytes: number) {
    this.#fs = fs;
    this.#directory = directory;
    this.#maxSegmentBytes = maxSegmentBytes;
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.durableBytes, 0);
  }

  /** No record that is still there has a lower id. */
  get firstId(): number {
    return this.segments[0]?.baseId ?? this.nextId;
  }

  /**
   * Finds what is there, cuts a torn tail and makes the rest durable: after a crash of the process alone, whole
   * records may sit in memory of the system only, and a destination must not pass what can still vanish.
   * Returns how many bytes it cut.
   */
  async recover(cursors: Cursors, quarantine: Quarantine): Promise<number> {
    this.segments.push(...(await listSegments(this.#fs, this.#directory)));
    const newest = this.segments.at(-1);
    const foundBytes = this.bytes;
    let lastId = 0;
    for (const segment of this.segments) {
      const file = await this.#fs.open(segment.path, 'write');
      if (segment === newest) {
        this.#active = { segment, file };
        lastId = await this.#cutTail(file, segment, quarantine);
      }
      await file.datasync();
      if (segment !== newest) await file.close();
    }
    await this.#fs.syncDirectory(this.#directory);
    this.nextId = Math.max(newest?.baseId ?? 1, lastId + 1, cursors.highest() + 1);
    this.lastDurableId = this.nextId - 1;
    this.foundBelowId = this.nextId;
    return foundBytes - this.bytes;
  }

  /** Never gives an id at or below `id` again, for a destination that has seen more than this directory holds. */
  skipTo(id: number): void {
    if (id < this.nextId) return;
    this.nextId = id + 1;
    this.lastDurableId = id;
  }

  /** The segment that takes a record of this size next: the active one while it has room, else a new one. */
  async segmentFor(recordBytes: number): Promise<Segment> {
    const active = this.#active?.segment;
    if (active !== undefined && recordBytes <= this.roomBytes(active)) return active;
    return this.#roll();
  }

  /** How many bytes of records a segment still takes. */
  roomBytes(segment: Segment): number {
    return this.#maxSegmentBytes - segment.durableBytes;
  }

  /**
   * Writes whole records to the segment that `segmentFor` gave and makes them durable; `lastId` is the id of the
   * last of them. After a failure the segment is given up at its durable end, since a system that failed to sync may
   * have dropped the pages for good; `segmentFor` then gives a new one.
   */
  async write(chunks: readonly Uint8Array[], bytes: number, lastId: number): Promise<void> {
    const active = this.#active;
    if (active === undefined) throw queueClosed();
    try {
      await writeFully(active.file, chunks, active.segment.durableBytes);
      await active.file.datasync();
    } catch (error) {
      await this.#abandon(active.file, active.segment);
      throw error;
    }
    active.segment.durableBytes += bytes;
    this.lastDurableId = lastId;
  }

  /** Removes the segments that every known destination's durable cursor has passed, the newest never. */
  async removePassed(cursors: Cursors): Promise<void> {
    const lowest = cursors.lowest();
    if (lowest === undefined) return;
    while (this.segments.length > 1) {
      const [oldest, following] = this.segments;
      if (oldest === undefined || following === undefined || following.baseId - 1 > lowest) return;
      if (oldest === this.#active?.segment) return;
      await this.#fs.remove(oldest.path);
      // Another call may have removed it meanwhile.
      if (this.segments[0] === oldest) this.segments.shift();
    }
  }

  /**
   * Gives up the oldest segment, whoever has not read it. Returns the last id that may have been in it, or `undefined`
   * where there is nothing to give up.
   */
  async evictOldest(): Promise<number | undefined> {
    if (this.bytes === 0) return undefined;
    if (this.segments.length === 1) await this.#roll();
    const oldest = this.segments.shift();
    if (oldest === undefined) return undefined;
    try {
      await this.#fs.remove(oldest.path);
    } catch (error) {
      this.segments.unshift(oldest);
      throw error;
    }
    return this.firstId - 1;
  }

  async close(): Promise<void> {
    await this.#closeActive();
  }

  /** Seals the active segment and begins a new one, durably. */
  async #roll(): Promise<Segment> {
    await this.#closeActive();
    const segment = newSegment(this.#directory, this.nextId);
    const file = await this.#fs.create(segment.path);
    try {
      await this.#fs.syncDirectory(this.#directory);
    } catch (error) {
      await closeQuietly(file);
      await this.#fs.remove(segment.path);
      throw error;
    }
    this.segments.push(segment);
    this.#active = { segment, file };
    return segment;
  }

  async #cutTail(file: OpenFile, segment: Segment, quarantine: Quarantine): Promise<number> {
    const { endBytes, lastId, brokenTail } = await scanTail(file, segment);
    if (brokenTail !== undefined) await quarantine.keep(segment.name, endBytes, brokenTail);
    if (endBytes < segment.durableBytes) await file.truncate(endBytes);
    segment.durableBytes = endBytes;
    return lastId;
  }

  async #abandon(file: OpenFile, segment: Segment): Promise<void> {
    this.#active = undefined;
    try {
      await file.truncate(segment.durableBytes);
    } catch {
      // Then the doubtful tail stays. Readers stop at `durableBytes`; a restart may deliver it, which is allowed:
      // it was never acknowledged, and its ids are not used again.
    }
    await closeQuietly(file);
  }

  async #closeActive(): Promise<void> {
    const active = this.#active;
    this.#active = undefined;
    if (active !== undefined) await closeQuietly(active.file);
  }
}

/** Everything that matters was synced before, so a failing close loses nothing. */
async function closeQuietly(file: OpenFile): Promise<void> {
  try {
    await file.close();
  } catch {
    // See above.
  }
}
