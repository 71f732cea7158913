import type { AppendResult } from '../contract.js';
import type { Fullness } from '../fullness.js';
import type { CommitObserver } from '../group-commit.js';
import { type EntryContent, MAX_LABEL_BYTES } from '../record.js';
import { encodeEntry } from './entry-codec.js';
import type { FaultGate } from './fault-gate.js';
import type { RedisLink } from './link.js';
import type { StreamMonitor } from './stream-monitor.js';
import { TRACES_STREAM } from './stream-names.js';

/** A sender that met a full queue may come back after this; sooner only adds load. */
const FULL_RETRY_AFTER_MS = 5000;
const FAULT_RETRY_AFTER_MS = 1000;
/** Times that a full queue lets entries go for one append before it refuses after all. */
const MAX_EVICTIONS = 5;

export interface AppenderSettings {
  readonly link: RedisLink;
  readonly gate: FaultGate;
  readonly monitor: StreamMonitor;
  readonly fullness: Fullness;
  readonly maxQueueBytes: number;
  readonly maxEntryBytes: number;
  readonly maxPendingBytes: number;
  readonly evictWhenFull: boolean;
  readonly onCommit: CommitObserver;
}

/** Appends entries. Many may be under way; each is answered by its own `XADD`. */
export class Appender {
  readonly #settings: AppenderSettings;
  readonly #underWay = new Set<Promise<AppendResult>>();
  /** Of payloads that wait for Redis, as they came. */
  #pendingBytes = 0;
  /** Packed, and sent or about to be. */
  #sendingBytes = 0;
  /** How much the stream held when an append was last refused for it. */
  #fullAtBytes: number | undefined;
  #evicting: Promise<void> | undefined;
  #isClosed = false;

  constructor(settings: AppenderSettings) {
    this.#settings = settings;
  }

  /** Why appends are refused, or `undefined`. */
  get fault(): string | undefined {
    const isStillFull = this.#fullAtBytes !== undefined && this.#settings.monitor.bytes >= this.#fullAtBytes;
    return this.#settings.gate.fault ?? (isStillFull ? 'queue_full' : undefined);
  }

  append(entry: EntryContent): Promise<AppendResult> {
    const refusal = this.#refusal(entry);
    if (refusal !== undefined) return Promise.resolve(refusal);
    const bytes = entry.payload.byteLength;
    this.#pendingBytes += bytes;
    const appending = this.#append(entry).finally(() => {
      this.#pendingBytes -= bytes;
      this.#underWay.delete(appending);
    });
    this.#underWay.add(appending);
    return appending;
  }

  /** Refuses from now on; resolves when what is under way is answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
  }

  #refusal(entry: EntryContent): AppendResult | undefined {
    const { maxEntryBytes, maxPendingBytes, gate } = this.#settings;
    const labels = [entry.tenant, entry.contentType];
    if (labels.some((label) => Buffer.byteLength(label) > MAX_LABEL_BYTES)) {
      return { kind: 'too_large', limitBytes: MAX_LABEL_BYTES };
    }
    const { byteLength } = entry.payload;
    if (byteLength > maxEntryBytes) return { kind: 'too_large', limitBytes: maxEntryBytes };
    if (this.#isClosed) return unavailable('closing', FAULT_RETRY_AFTER_MS);
    if (gate.fault !== undefined) return unavailable(gate.fault, FAULT_RETRY_AFTER_MS);
    // A single entry always gets its turn, however small the bound is set.
    const isCrowded = this.#pendingBytes > 0 && this.#pendingBytes + byteLength > maxPendingBytes;
    return isCrowded ? unavailable('redis_slow', FAULT_RETRY_AFTER_MS) : undefined;
  }

  async #append(entry: EntryContent): Promise<AppendResult> {
    const { link, gate, monitor, onCommit } = this.#settings;
    const { fields, bytes } = await encodeEntry(entry);
    this.#sendingBytes += bytes;
    try {
      if (!(await this.#hasRoom())) return unavailable('queue_full', FULL_RETRY_AFTER_MS);
      const startedAt = performance.now();
      const outcome = await link.run((client) => client.xadd(TRACES_STREAM, '*', ...fields));
      if (outcome.kind === 'failed') {
        gate.fail(outcome.fault);
        return unavailable(outcome.fault.reason, FAULT_RETRY_AFTER_MS);
      }
      this.#fullAtBytes = undefined;
      monitor.noteAppended(bytes);
      onCommit({ durationMs: performance.now() - startedAt, entries: 1, bytes });
      return { kind: 'ok', id: 0 };
    } finally {
      this.#sendingBytes -= bytes;
    }
  }

  /** Whether the stream takes what is being sent, after letting old entries go where the settings say so. */
  async #hasRoom(): Promise<boolean> {
    const { monitor, maxQueueBytes, evictWhenFull } = this.#settings;
    for (let evictions = 0; monitor.bytes + this.#sendingBytes > maxQueueBytes; evictions++) {
      if (!evictWhenFull || evictions === MAX_EVICTIONS) {
        this.#fullAtBytes = monitor.bytes;
        return false;
      }
      this.#evicting ??= this.#evict();
      await this.#evicting;
    }
    return true;
  }

  /** Several appends wait for one eviction. */
  async #evict(): Promise<void> {
    try {
      const evicted = await this.#settings.monitor.evict();
      if (evicted > 0) this.#settings.fullness.evicted(evicted);
    } finally {
      this.#evicting = undefined;
    }
  }
}

function unavailable(reason: string, retryAfterMs: number): AppendResult {
  return { kind: 'unavailable', reason, retryAfterMs };
}
