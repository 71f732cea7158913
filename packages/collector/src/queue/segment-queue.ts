import { join } from 'node:path';
import { CollectorError, dataDirectoryUnusable, queueClosed } from '../errors.js';
import type { Queue, QueueReader, QueueStats } from './contract.js';
import { type Cursors, checkDestinationName, openCursors } from './cursors.js';
import { DestinationReader } from './destination-reader.js';
import type { DirectoryLock } from './directory-lock.js';
import { type FileSystem, nodeFileSystem, writeFully } from './file-system.js';
import { createFullness, type Fullness } from './fullness.js';
import { type CommitObserver, GroupCommit } from './group-commit.js';
import { createRepeatedNotice } from './notices.js';
import { openQuarantine, type Quarantine } from './quarantine.js';
import { type EntryContent, MAX_LABEL_BYTES } from './record.js';
import { SegmentLog } from './segment-log.js';
import { SegmentReader } from './segment-reader.js';

export interface SegmentQueueSettings {
  /** Holds the segments, cursors and lock; made where it is missing. No other collector may use it. */
  readonly directory: string;
  /** @default 16 MiB. Also the bound of one record. */
  readonly maxSegmentBytes?: number;
  /** Appends are refused while the segments hold more. @default 1 GiB */
  readonly maxQueueBytes?: number;
  /** A full queue lets its oldest segments go, read or not, instead of refusing appends. @default false */
  readonly evictWhenFull?: boolean;
  /**
   * The destinations that there are. The place of any other is forgotten at start, with a notice: it would hold every
   * segment back for ever. Without this list all are kept.
   */
  readonly destinations?: readonly string[];
  /** Appends are refused while more than this waits for the disk. @default 64 MiB */
  readonly maxPendingBytes?: number;
  /** How long after a fault the disk is tried again. @default 1,000 */
  readonly faultRetryMs?: number;
  readonly onCommit?: CommitObserver;
  /** Told when the disk begins to refuse, and with `undefined` when it takes writes again. */
  readonly onFault?: (reason: string | undefined) => void;
  /** Told in one line of what an operator should know: damage that was found, entries that were let go. */
  readonly onNotice?: (line: string) => void;
  /** For tests that make the disk fail. */
  readonly fs?: FileSystem;
}

const MIB = 1024 * 1024;
/** Small enough to read whole at start, large enough that a busy collector makes few files a second. */
const DEFAULT_SEGMENT_BYTES = 16 * MIB;
const DEFAULT_QUEUE_BYTES = 1024 * MIB;
const DEFAULT_PENDING_BYTES = 64 * MIB;
const DEFAULT_FAULT_RETRY_MS = 1000;
/** A full disk may still take a few bytes; a probe of this size says that requests have room again. */
const PROBE_BYTES = 64 * 1024;

/**
 * Opens the embedded queue: a log in segment files, each append synced before it is answered.
 *
 * @throws `DATA_DIRECTORY_LOCKED` where another collector uses the directory, `DATA_DIRECTORY_UNUSABLE` where it
 * cannot be read or written.
 */
export async function createSegmentQueue(settings: SegmentQueueSettings): Promise<Queue> {
  const fs = settings.fs ?? nodeFileSystem;
  const { directory } = settings;
  let lock: DirectoryLock | undefined;
  try {
    await fs.createDirectory(directory);
    lock = await fs.lock(directory);
    const onNotice = settings.onNotice ?? (() => undefined);
    const cursors = await openCursors(fs, directory);
    const broken = createRepeatedNotice((count) => onNotice(brokenLine(count, directory)));
    const quarantine = await openQuarantine(fs, directory, () => broken.note());
    if (quarantine.count() > 0) onNotice(`since earlier: ${brokenLine(quarantine.count(), directory)}`);
    for (const name of cursors.damaged) onNotice(damagedCursorLine(name));
    const log = new SegmentLog(fs, directory, settings.maxSegmentBytes ?? DEFAULT_SEGMENT_BYTES);
    const cutBytes = await log.recover(cursors, quarantine);
    if (cutBytes > 0) onNotice(`${cutBytes} bytes that a crash left behind were cut off the end of the queue`);
    const fullness = createFullness({ maxBytes: settings.maxQueueBytes ?? DEFAULT_QUEUE_BYTES, onNotice });
    fullness.observe(log.bytes);
    const queue = new SegmentQueue({ settings, fs, log, cursors, quarantine, lock, fullness });
    if (settings.destinations !== undefined) await queue.retireOthers(settings.destinations, onNotice);
    return queue;
  } catch (error) {
    await lock?.release();
    throw error instanceof CollectorError ? error : dataDirectoryUnusable(directory, error);
  }
}

function damagedCursorLine(name: string): string {
  return `the place of destination "${name}" could not be read: it gets again what the queue still holds`;
}

function brokenLine(count: number, directory: string): string {
  return `${count} broken ${count === 1 ? 'record' : 'records'} of the queue set aside in ${join(directory, 'quarantine')}; the rest is read on`;
}

interface Parts {
  readonly settings: SegmentQueueSettings;
  readonly fs: FileSystem;
  readonly log: SegmentLog;
  readonly cursors: Cursors;
  readonly quarantine: Quarantine;
  readonly lock: DirectoryLock;
  readonly fullness: Fullness;
}

class SegmentQueue implements Queue {
  readonly isShared = false;
  readonly #parts: Parts;
  readonly #commits: GroupCommit;
  readonly #readers = new Map<string, DestinationReader>();
  readonly #waiting = new Set<() => void>();
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { settings, log } = parts;
    this.#commits = new GroupCommit(log, {
      maxRecordBytes: settings.maxSegmentBytes ?? DEFAULT_SEGMENT_BYTES,
      maxQueueBytes: settings.maxQueueBytes ?? DEFAULT_QUEUE_BYTES,
      maxPendingBytes: settings.maxPendingBytes ?? DEFAULT_PENDING_BYTES,
      faultRetryMs: settings.faultRetryMs ?? DEFAULT_FAULT_RETRY_MS,
      probe: () => probeDisk(parts.fs, settings.directory),
      onCommit: settings.onCommit ?? (() => undefined),
      onFault: settings.onFault ?? (() => undefined),
      evict: settings.evictWhenFull === true ? (bytes) => this.#evict(bytes) : undefined,
      onDurable: (written) => {
        parts.fullness.observe(log.bytes);
        for (const reader of this.#readers.values()) reader.hold(written);
        this.#wakeReaders();
      },
    });
  }

  /** Forgets the destinations that are not among `names`, and frees what only they held back. */
  async retireOthers(names: readonly string[], onNotice: (line: string) => void): Promise<void> {
    const { cursors, log, fullness } = this.#parts;
    const others = [...cursors.entries()].filter(([name]) => !names.includes(name));
    for (const [name, id] of others) {
      await cursors.remove(name);
      const left = Math.max(0, log.lastDurableId - Math.max(id, log.firstId - 1));
      onNotice(
        `destination "${name}" is gone from the settings: its place is forgotten, ${left} entries were before it`,
      );
    }
    if (others.length === 0) return;
    await log.removePassed(cursors);
    fullness.observe(log.bytes);
  }

  append(entry: EntryContent): ReturnType<Queue['append']> {
    if (Buffer.byteLength(entry.tenant) > MAX_LABEL_BYTES || Buffer.byteLength(entry.contentType) > MAX_LABEL_BYTES) {
      return Promise.resolve({ kind: 'too_large', limitBytes: MAX_LABEL_BYTES });
    }
    return this.#commits.append(entry);
  }

  async open(destination: string, afterId?: number): Promise<QueueReader> {
    checkDestinationName(destination);
    if (this.#closing !== undefined) throw queueClosed();
    const { cursors, log, fs, quarantine, fullness } = this.#parts;
    const startId = afterId ?? cursors.get(destination) ?? 0;
    log.skipTo(startId);
    // Durable at once: from now on no segment goes before this destination has had it.
    if (cursors.get(destination) !== startId) await cursors.set(destination, startId);
    await this.#readers.get(destination)?.close();
    const reader = new DestinationReader({
      destination,
      startId,
      log,
      place: new SegmentReader(fs, log, quarantine, startId),
      cursors,
      fullness,
      waitForAppend: (signal) => this.#waitForAppend(signal),
      isClosed: () => this.#closing !== undefined,
    });
    this.#readers.set(destination, reader);
    return reader;
  }

  stats(): QueueStats {
    const { log, quarantine, cursors, fullness, settings } = this.#parts;
    // A destination that is known and not open holds segments back all the same, so its backlog shows.
    const backlog: Record<string, number> = {};
    for (const [name, id] of cursors.entries()) {
      backlog[name] = Math.max(0, log.lastDurableId - Math.max(id, log.firstId - 1));
    }
    for (const [name, reader] of this.#readers) backlog[name] = reader.backlog();
    return {
      nextId: log.nextId,
      segments: log.segments.length,
      bytes: log.bytes,
      maxBytes: settings.maxQueueBytes ?? DEFAULT_QUEUE_BYTES,
      backlog,
      quarantinedRecords: quarantine.count(),
      evictedEntries: fullness.evictedEntries,
      fault: this.#closing === undefined ? this.#commits.fault : 'closing',
      warnings: fullness.warnings,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#commits.close();
    this.#wakeReaders();
    for (const reader of this.#readers.values()) await reader.close();
    await this.#parts.log.close();
    await this.#parts.lock.release();
  }

  /** Lets segments go, the oldest first, until so many bytes fit. */
  async #evict(bytes: number): Promise<void> {
    const { log, cursors, fullness, settings } = this.#parts;
    while (log.bytes + bytes > (settings.maxQueueBytes ?? DEFAULT_QUEUE_BYTES)) {
      const passedId = Math.max(log.firstId - 1, cursors.lowest() ?? 0);
      const evictedId = await log.evictOldest();
      if (evictedId === undefined) return;
      if (evictedId > passedId) fullness.evicted(evictedId - passedId);
    }
  }

  #wakeReaders(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #waitForAppend(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

async function probeDisk(fs: FileSystem, directory: string): Promise<void> {
  const path = join(directory, 'probe.tmp');
  await fs.remove(path);
  const file = await fs.create(path);
  try {
    await writeFully(file, [Buffer.alloc(PROBE_BYTES)], 0);
    await file.datasync();
  } finally {
    await file.close();
    await fs.remove(path);
  }
}
