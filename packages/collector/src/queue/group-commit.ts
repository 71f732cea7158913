import { reasonOf, systemCodeOf } from '../errors.js';
import type { AppendResult } from './contract.js';
import { type EntryContent, encodeRecordHead, recordBytes } from './record.js';
import type { Segment } from './segment.js';
import type { SegmentLog, WrittenRecord } from './segment-log.js';

/** A sender that met a full disk or a full queue may come back after this; sooner only adds load. */
const FULL_RETRY_AFTER_MS = 5000;
const CLOSING_RETRY_AFTER_MS = 1000;

/** Keeps one vectored write below the systems' limit of 1,024 buffers, at two buffers a record. */
const MAX_BATCH_ENTRIES = 500;

/** Told of every commit. */
export type CommitObserver = (commit: {
  readonly durationMs: number;
  readonly entries: number;
  readonly bytes: number;
}) => void;

export interface GroupCommitSettings {
  readonly maxRecordBytes: number;
  readonly maxQueueBytes: number;
  /** Appends that wait for the disk hold their payloads in memory; past this they are refused. */
  readonly maxPendingBytes: number;
  /** Makes room for so many bytes by letting old segments go; without it a full queue refuses. */
  readonly evict: ((bytes: number) => Promise<void>) | undefined;
  /** How long after a fault the disk is tried again. */
  readonly faultRetryMs: number;
  /** Proves that the disk takes writes again. */
  readonly probe: () => Promise<void>;
  readonly onCommit: CommitObserver;
  /** Told when a fault begins, and with `undefined` when it ends. */
  readonly onFault: (reason: string | undefined) => void;
  /** Told of what readers have to see, in its order. */
  readonly onDurable: (written: readonly WrittenRecord[]) => void;
}

interface PendingAppend {
  readonly entry: EntryContent;
  readonly bytes: number;
  readonly resolve: (result: AppendResult) => void;
}

/**
 * Appends that arrive while a sync is under way are written together and share the next sync.
 *
 * A fault of the disk refuses everything until a probe succeeds, so that a dead disk is not hammered by every
 * request, and so that readiness returns without traffic.
 */
export class GroupCommit {
  readonly #log: SegmentLog;
  readonly #settings: GroupCommitSettings;
  readonly #pending: PendingAppend[] = [];
  /** Of those that wait and those that are being written: none may be let go before its answer. */
  #pendingBytes = 0;
  #running: Promise<void> | undefined;
  #fault: string | undefined;
  /** How much the segments held when an append was last refused for it; until they hold less, or one is taken again. */
  #fullAtBytes: number | undefined;
  #probeTimer: NodeJS.Timeout | undefined;
  #probing: Promise<void> | undefined;
  #closed = false;

  constructor(log: SegmentLog, settings: GroupCommitSettings) {
    this.#log = log;
    this.#settings = settings;
  }

  /** Why appends are refused, or `undefined`. */
  get fault(): string | undefined {
    const isStillFull = this.#fullAtBytes !== undefined && this.#log.bytes >= this.#fullAtBytes;
    return this.#fault ?? (isStillFull ? 'queue_full' : undefined);
  }

  append(entry: EntryContent): Promise<AppendResult> {
    const bytes = recordBytes(entry);
    const refusal = this.#refusal(bytes);
    if (refusal !== undefined) return Promise.resolve(refusal);
    return new Promise((resolve) => {
      this.#pending.push({ entry, bytes, resolve });
      this.#pendingBytes += bytes;
      this.#running ??= this.#run();
    });
  }

  /** Refuses from now on, and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#probeTimer);
    await this.#running;
    await this.#probing;
  }

  #refusal(bytes: number): AppendResult | undefined {
    const { maxRecordBytes, maxQueueBytes, maxPendingBytes, faultRetryMs } = this.#settings;
    if (bytes > maxRecordBytes) return { kind: 'too_large', limitBytes: maxRecordBytes };
    if (this.#closed) return unavailable('closing', CLOSING_RETRY_AFTER_MS);
    if (this.#fault !== undefined) return unavailable(this.#fault, faultRetryMs);
    const { evict } = this.#settings;
    const neededBytes = evict === undefined ? this.#log.bytes + this.#pendingBytes + bytes : bytes;
    if (neededBytes > maxQueueBytes) {
      if (evict === undefined) this.#fullAtBytes = this.#log.bytes;
      return unavailable('queue_full', FULL_RETRY_AFTER_MS);
    }
    // A single record always gets its turn, however small the bound is set.
    const isCrowded = this.#pendingBytes > 0 && this.#pendingBytes + bytes > maxPendingBytes;
    return isCrowded ? unavailable('disk_slow', faultRetryMs) : undefined;
  }

  async #run(): Promise<void> {
    // Lets the requests that arrived in the same turn of the event loop share the first commit.
    await Promise.resolve();
    while (this.#pending.length > 0) await this.#commitNext();
    this.#running = undefined;
  }

  async #commitNext(): Promise<void> {
    let batch: readonly PendingAppend[] = [];
    try {
      const first = this.#pending[0];
      if (first === undefined) return;
      await this.#settings.evict?.(first.bytes);
      const segment = await this.#log.segmentFor(first.bytes);
      batch = this.#take(Math.min(this.#log.roomBytes(segment), this.#settings.maxQueueBytes - this.#log.bytes));
      const written = await this.#write(batch, segment);
      batch.forEach((append, index) => {
        append.resolve({ kind: 'ok', id: written[index]?.entry.id ?? 0 });
      });
      this.#fullAtBytes = undefined;
      this.#settings.onDurable(written);
    } catch (error) {
      batch = [...batch, ...this.#pending.splice(0)];
      this.#fail(error, batch);
    }
    for (const { bytes } of batch) this.#pendingBytes -= bytes;
  }

  async #write(batch: readonly PendingAppend[], segment: Segment): Promise<WrittenRecord[]> {
    const chunks: Uint8Array[] = [];
    const written: WrittenRecord[] = [];
    const firstBytes = segment.durableBytes;
    let endBytes = firstBytes;
    for (const { entry, bytes } of batch) {
      const id = this.#log.nextId++;
      chunks.push(encodeRecordHead(id, entry, segment.marker), entry.payload);
      const startBytes = endBytes;
      endBytes += bytes;
      written.push({ segment, startBytes, endBytes, entry: { id, ...entry } });
    }
    const startedAt = performance.now();
    const bytes = endBytes - firstBytes;
    await this.#log.write(chunks, bytes, written.at(-1)?.entry.id ?? 0);
    this.#settings.onCommit({ durationMs: performance.now() - startedAt, entries: batch.length, bytes });
    return written;
  }

  /** The oldest appends that fit in `roomBytes`. */
  #take(roomBytes: number): PendingAppend[] {
    let bytes = 0;
    let count = 0;
    for (const append of this.#pending) {
      bytes += append.bytes;
      if (count === MAX_BATCH_ENTRIES || bytes > roomBytes) break;
      count++;
    }
    return this.#pending.splice(0, count);
  }

  #fail(error: unknown, appends: readonly PendingAppend[]): void {
    const reason = publicReasonOf(error);
    this.#fault = reason;
    this.#settings.onFault(reasonOf(error));
    this.#scheduleProbe();
    for (const append of appends) append.resolve(unavailable(reason, this.#settings.faultRetryMs));
  }

  #scheduleProbe(): void {
    if (this.#closed) return;
    this.#probeTimer = setTimeout(() => {
      this.#probing = this.#probe();
    }, this.#settings.faultRetryMs);
    this.#probeTimer.unref();
  }

  async #probe(): Promise<void> {
    try {
      await this.#settings.probe();
      this.#fault = undefined;
      this.#settings.onFault(undefined);
    } catch (error) {
      this.#fault = publicReasonOf(error);
      this.#scheduleProbe();
    }
  }
}

/** Senders see this, so it names the fault and not the paths of this machine; those go to the log. */
function publicReasonOf(error: unknown): string {
  return systemCodeOf(error) ?? 'disk_fault';
}

function unavailable(reason: string, retryAfterMs: number): AppendResult {
  return { kind: 'unavailable', reason, retryAfterMs };
}
