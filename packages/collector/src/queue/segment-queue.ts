import { join } from 'node:path';
import { CollectorError, dataDirectoryUnusable, queueClosed } from '../errors.js';
import type { Queue, QueueEntry, QueueReader, QueueStats } from './contract.js';
import { type Cursors, checkDestinationName, openCursors } from './cursors.js';
import type { DirectoryLock } from './directory-lock.js';
import { type FileSystem, nodeFileSystem, writeFully } from './file-system.js';
import { type CommitObserver, GroupCommit } from './group-commit.js';
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
  /** Appends are refused while more than this waits for the disk. @default 64 MiB */
  readonly maxPendingBytes?: number;
  /** How long after a fault the disk is tried again. @default 1,000 */
  readonly faultRetryMs?: number;
  readonly onCommit?: CommitObserver;
  /** Told when the disk begins to refuse, and with `undefined` when it takes writes again. */
  readonly onFault?: (reason: string | undefined) => void;
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
    const cursors = await openCursors(fs, directory);
    const quarantine = await openQuarantine(fs, directory);
    const log = new SegmentLog(fs, directory, settings.maxSegmentBytes ?? DEFAULT_SEGMENT_BYTES);
    await log.recover(cursors, quarantine);
    return new SegmentQueue({ settings, fs, log, cursors, quarantine, lock });
  } catch (error) {
    await lock?.release();
    throw error instanceof CollectorError ? error : dataDirectoryUnusable(directory, error);
  }
}

interface Parts {
  readonly settings: SegmentQueueSettings;
  readonly fs: FileSystem;
  readonly log: SegmentLog;
  readonly cursors: Cursors;
  readonly quarantine: Quarantine;
  readonly lock: DirectoryLock;
}

class SegmentQueue implements Queue {
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
      onDurable: () => this.#wakeReaders(),
    });
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
    const { cursors, log, fs, quarantine } = this.#parts;
    const startId = afterId ?? cursors.get(destination) ?? 0;
    log.skipTo(startId);
    // Durable at once: from now on no segment goes before this destination has had it.
    if (cursors.get(destination) !== startId) await cursors.set(destination, startId);
    await this.#readers.get(destination)?.close();
    const reader = new DestinationReader(destination, startId, this.#parts, {
      log: new SegmentReader(fs, log, quarantine, startId),
      waitForAppend: (signal) => this.#waitForAppend(signal),
      isClosed: () => this.#closing !== undefined,
    });
    this.#readers.set(destination, reader);
    return reader;
  }

  stats(): QueueStats {
    const { log, quarantine, cursors } = this.#parts;
    // A destination that is known and not open holds segments back all the same, so its backlog shows.
    const backlog: Record<string, number> = {};
    for (const [name, id] of cursors.entries()) backlog[name] = Math.max(0, log.lastDurableId - id);
    for (const [name, reader] of this.#readers) backlog[name] = reader.backlog();
    return {
      nextId: log.nextId,
      segments: log.segments.length,
      bytes: log.bytes,
      backlog,
      quarantinedRecords: quarantine.count(),
      fault: this.#closing === undefined ? this.#commits.fault : 'closing',
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

interface ReaderParts {
  readonly log: SegmentReader;
  readonly waitForAppend: (signal: AbortSignal) => Promise<void>;
  readonly isClosed: () => boolean;
}

class DestinationReader implements QueueReader {
  readonly #destination: string;
  readonly #queue: Parts;
  readonly #parts: ReaderParts;
  #committedId: number;
  #committing: Promise<void> = Promise.resolve();
  #reading: Promise<unknown> = Promise.resolve();

  constructor(destination: string, startId: number, queue: Parts, parts: ReaderParts) {
    this.#destination = destination;
    this.#committedId = startId;
    this.#queue = queue;
    this.#parts = parts;
  }

  backlog(): number {
    // Ids have gaps where a write failed or a record broke, so the difference alone might never reach 0.
    if (this.#parts.log.isAtEnd && this.#committedId >= this.#parts.log.lastId) return 0;
    return Math.max(0, this.#queue.log.lastDurableId - this.#committedId);
  }

  async read(maxBytes: number, signal: AbortSignal): Promise<readonly QueueEntry[]> {
    for (;;) {
      if (this.#parts.isClosed()) return [];
      const seenId = this.#queue.log.lastDurableId;
      const reading = this.#parts.log.readAvailable(maxBytes);
      this.#reading = reading.catch(() => undefined);
      const entries = await reading;
      if (entries.length > 0) return entries;
      if (signal.aborted || this.#parts.isClosed()) return [];
      if (seenId === this.#queue.log.lastDurableId) await this.#parts.waitForAppend(signal);
    }
  }

  commit(id: number): Promise<void> {
    this.#committedId = Math.max(this.#committedId, id);
    this.#committing = this.#committing.catch(() => undefined).then(() => this.#commitNow(id));
    return this.#committing;
  }

  async close(): Promise<void> {
    await this.#reading;
    await this.#committing.catch(() => undefined);
    await this.#parts.log.close();
  }

  async #commitNow(id: number): Promise<void> {
    // A later call that came meanwhile writes the higher id; this one is then covered by it.
    const { cursors, log } = this.#queue;
    if ((cursors.get(this.#destination) ?? 0) >= id) return;
    await cursors.set(this.#destination, this.#committedId);
    try {
      await log.removePassed(cursors);
    } catch {
      // A segment that cannot be removed now (open elsewhere on Windows) is tried again at the next commit.
    }
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
