import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../../errors.js';
import type { Queue, QueueEntry, QueueReader } from '../../queue/contract.js';
import type { Store, StoreWriteResult } from '../../store/contract.js';
import type { Destination, DestinationStats } from '../contract.js';
import { type Backoff, createBackoff } from './backoff.js';
import type { DeadLetter, DeadLetters } from './dead-letters.js';

export interface StoreDestinationSettings {
  readonly queue: Queue;
  readonly store: Store;
  readonly deadLetters: DeadLetters;
  /** Told of the traces that a write changed. */
  readonly onChanged: (traceIds: readonly string[]) => void;
  /** Told when deliveries begin to fail, and with `undefined` when they succeed again. */
  readonly onFault: (reason: string | undefined) => void;
  /** @default 8 MiB; bounds the memory of a batch here and in the store's thread. */
  readonly maxBatchBytes?: number;
  /**
   * Writes start no closer together than this, so that a busy collector makes few large transactions; an idle one
   * writes at once. @default 100
   */
  readonly minWriteIntervalMs?: number;
  /** @default 100 */
  readonly firstRetryMs?: number;
  /** @default 5,000 */
  readonly lastRetryMs?: number;
}

const DEFAULT_BATCH_BYTES = 8 * 1024 * 1024;
const DEFAULT_WRITE_INTERVAL_MS = 100;
const DEFAULT_FIRST_RETRY_MS = 100;
const DEFAULT_LAST_RETRY_MS = 5000;

/** After this many failures of a batch its entries are written one by one, to find the one that fails. */
const ATTEMPTS_BEFORE_SINGLE = 3;
/** After this many failures of one entry in a store that is otherwise healthy, the entry is at fault. */
const ATTEMPTS_BEFORE_DEAD_LETTER = 8;

/** Retries while the collector closes are quick, since the deadline is short, but no tight loop. */
const CLOSING_PAUSE_MS = 20;

const NO_WAIT = AbortSignal.abort();

/** Delivers the queue to the store, from the cursor that the store itself keeps. */
export function createStoreDestination(settings: StoreDestinationSettings): Destination {
  return new StoreDestination(settings);
}

class StoreDestination implements Destination {
  readonly name = 'store';
  readonly #settings: StoreDestinationSettings;
  readonly #stop = new AbortController();
  readonly #stats = { deliveredEntries: 0, failedAttempts: 0, deadLetteredEntries: 0 };
  #loop: Promise<void> | undefined;
  /** The deadline of `stop` has passed: what is not delivered stays in the queue for the next start. */
  #isAbandoned = false;
  #isFaulty = false;
  #lastWriteAt = Number.NEGATIVE_INFINITY;

  constructor(settings: StoreDestinationSettings) {
    this.#settings = settings;
  }

  async start(): Promise<void> {
    const { queue, store } = this.#settings;
    const reader = await queue.open(this.name, await store.cursor());
    this.#loop = this.#run(reader);
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#stop.abort();
    const finished = new AbortController();
    const deadline = delay(deadlineMs, undefined, { signal: finished.signal }).catch(() => undefined);
    await Promise.race([this.#loop, deadline]);
    finished.abort();
    this.#isAbandoned = true;
  }

  stats(): DestinationStats {
    return { ...this.#stats };
  }

  /** After `stop` it goes on until the queue is empty: `read` then gives nothing, since its signal is aborted. */
  async #run(reader: QueueReader): Promise<void> {
    const backoff = this.#createBackoff();
    while (!this.#isAbandoned) {
      try {
        const entries = await this.#nextBatch(reader);
        if (entries.length === 0) return;
        await this.#deliver(reader, entries);
        backoff.reset();
      } catch (error) {
        // The disk could not be read: the reader keeps its place, and the next round tries it again.
        this.#fail(error);
        await this.#pause(backoff.nextMs());
      }
    }
  }

  /** Whatever is there at once when the last write is long past, else what has gathered until the next may start. */
  async #nextBatch(reader: QueueReader): Promise<readonly QueueEntry[]> {
    const { maxBatchBytes = DEFAULT_BATCH_BYTES, minWriteIntervalMs = DEFAULT_WRITE_INTERVAL_MS } = this.#settings;
    const first = await reader.read(maxBatchBytes, this.#stop.signal);
    const waitMs = this.#lastWriteAt + minWriteIntervalMs - performance.now();
    const restBytes = maxBatchBytes - payloadBytes(first);
    if (first.length === 0 || waitMs <= 0 || restBytes <= 0) return first;
    await this.#pause(waitMs);
    try {
      return [...first, ...(await reader.read(restBytes, NO_WAIT))];
    } catch {
      // The next round meets the same fault and reports it; what has been read must not be lost to it.
      return first;
    }
  }

  async #deliver(reader: QueueReader, entries: readonly QueueEntry[]): Promise<void> {
    const isWritten = await this.#writeWithRetry(entries, ATTEMPTS_BEFORE_SINGLE);
    if (!isWritten) for (const entry of entries) await this.#deliverAlone(entry);
    const last = entries.at(-1);
    if (last === undefined || this.#isAbandoned) return;
    try {
      await reader.commit(last.id);
    } catch (error) {
      // The store has its own cursor, so nothing is delivered twice; the next commit frees the segments.
      this.#fail(error);
    }
  }

  async #deliverAlone(entry: QueueEntry): Promise<void> {
    while (!this.#isAbandoned) {
      if (await this.#writeWithRetry([entry], ATTEMPTS_BEFORE_DEAD_LETTER)) return;
      const isStoreHealthy = await this.#settings.store.healthy().catch(() => false);
      if (!isStoreHealthy) continue;
      await this.#bury([{ entry, reason: 'the store refused it again and again' }]);
      // Moves the store's cursor past it; where even that fails, the store was not healthy after all.
      if (await this.#tryWrite([], entry.id)) return;
    }
  }

  /** `false` when the store still refuses after so many attempts. */
  async #writeWithRetry(entries: readonly QueueEntry[], maxAttempts: number): Promise<boolean> {
    const backoff = this.#createBackoff();
    const cursor = entries.at(-1)?.id ?? 0;
    for (let attempt = 1; !this.#isAbandoned; attempt++) {
      if (await this.#tryWrite(entries, cursor)) return true;
      if (attempt === maxAttempts) return false;
      await this.#pause(backoff.nextMs());
    }
    return true;
  }

  async #tryWrite(entries: readonly QueueEntry[], cursor: number): Promise<boolean> {
    this.#lastWriteAt = performance.now();
    let result: StoreWriteResult;
    try {
      result = await this.#settings.store.write({ payloads: entries.map(({ payload }) => payload), cursor });
    } catch (error) {
      this.#fail(error);
      return false;
    }
    this.#succeed();
    const undecodable = result.undecodable.flatMap((index) => entries[index] ?? []);
    if (undecodable.length > 0) {
      await this.#bury(undecodable.map((entry) => ({ entry, reason: 'it cannot be decoded' })));
    }
    this.#stats.deliveredEntries += entries.length - undecodable.length;
    this.#settings.onChanged(result.changedTraceIds);
    return true;
  }

  async #bury(letters: readonly DeadLetter[]): Promise<void> {
    this.#stats.deadLetteredEntries += letters.length;
    try {
      await this.#settings.deadLetters.add(letters);
    } catch (error) {
      // Counted and said; holding up every other span for a file of bad ones would be worse.
      this.#fail(error);
    }
  }

  /** Waits, or only a little once `stop` was called. */
  async #pause(durationMs: number): Promise<void> {
    // Rejects as soon as `stop` is called, which is the point.
    await delay(durationMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    if (this.#stop.signal.aborted) await delay(Math.min(durationMs, CLOSING_PAUSE_MS));
  }

  #createBackoff(): Backoff {
    const { firstRetryMs = DEFAULT_FIRST_RETRY_MS, lastRetryMs = DEFAULT_LAST_RETRY_MS } = this.#settings;
    return createBackoff(firstRetryMs, lastRetryMs);
  }

  #fail(error: unknown): void {
    this.#stats.failedAttempts++;
    if (!this.#isFaulty) this.#settings.onFault(reasonOf(error));
    this.#isFaulty = true;
  }

  #succeed(): void {
    if (this.#isFaulty) this.#settings.onFault(undefined);
    this.#isFaulty = false;
  }
}

function payloadBytes(entries: readonly QueueEntry[]): number {
  return entries.reduce((sum, { payload }) => sum + payload.byteLength, 0);
}
