import { reasonOf } from '../../errors.js';
import type { Queue, QueueEntry, QueueReader } from '../../queue/contract.js';
import type { Store, StoreWriteResult } from '../../store/contract.js';
import type { DeadLetterSummary, Destination, DestinationStats, ReplayResult } from '../contract.js';
import type { DeadLetter, DeadLetters, ReplayAttempt, ReplayOptions } from '../dead-letters.js';
import { type Backoff, createBackoff } from '../delivery/backoff.js';
import { type Deliverer, DeliveryLoop } from '../delivery/delivery-loop.js';
import { DeliveryState } from '../delivery/delivery-state.js';

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

const UNDECODABLE = 'it cannot be decoded';

/** Delivers the queue to the store, from the cursor that the store itself keeps, where it keeps one. */
export function createStoreDestination(settings: StoreDestinationSettings): Destination {
  return new StoreDestination(settings);
}

class StoreDestination implements Destination, Deliverer {
  readonly name = 'store';
  readonly #settings: StoreDestinationSettings;
  readonly #state: DeliveryState;
  readonly #loop: DeliveryLoop;
  /** Whether the place in the queue is committed with the rows; else the queue alone keeps it. */
  #storeKeepsCursor = false;
  #pending: QueueEntry[] = [];

  constructor(settings: StoreDestinationSettings) {
    this.#settings = settings;
    this.#state = new DeliveryState(settings);
    this.#loop = new DeliveryLoop({
      state: this.#state,
      deliverer: this,
      openReader: () => this.#openReader(),
      maxBatchBytes: settings.maxBatchBytes ?? DEFAULT_BATCH_BYTES,
      minIntervalMs: settings.minWriteIntervalMs ?? DEFAULT_WRITE_INTERVAL_MS,
      firstRetryMs: settings.firstRetryMs ?? DEFAULT_FIRST_RETRY_MS,
      lastRetryMs: settings.lastRetryMs ?? DEFAULT_LAST_RETRY_MS,
      overlapsCommits: !settings.queue.isShared,
    });
  }

  start(): Promise<void> {
    return this.#loop.start();
  }

  stop(deadlineMs: number): Promise<void> {
    return this.#loop.stop(deadlineMs);
  }

  stats(): DestinationStats {
    return this.#state.stats();
  }

  deadLetters(): Promise<DeadLetterSummary> {
    return this.#settings.deadLetters.summary();
  }

  replay(options: ReplayOptions): Promise<ReplayResult> {
    return this.#settings.deadLetters.replay(options, (letter) => this.#replayOne(letter));
  }

  wakeAtMs(): number {
    return Number.POSITIVE_INFINITY;
  }

  async deliver(entries: readonly QueueEntry[]): Promise<number | undefined> {
    this.#pending = [...this.#pending, ...entries];
    const batch = this.#pending;
    const isWritten = await this.#writeWithRetry(batch, ATTEMPTS_BEFORE_SINGLE);
    if (!isWritten) for (const entry of batch) await this.#deliverAlone(entry);
    if (this.#state.isAbandoned) return undefined;
    this.#pending = [];
    return batch.at(-1)?.id;
  }

  async #openReader(): Promise<QueueReader> {
    const { queue, store } = this.#settings;
    const cursor = queue.isShared ? undefined : await store.cursor();
    this.#storeKeepsCursor = cursor !== undefined;
    return cursor === undefined ? queue.open(this.name) : queue.open(this.name, cursor);
  }

  async #deliverAlone(entry: QueueEntry): Promise<void> {
    while (!this.#state.isAbandoned) {
      if (await this.#writeWithRetry([entry], ATTEMPTS_BEFORE_DEAD_LETTER)) return;
      const isStoreHealthy = await this.#settings.store.healthy().catch(() => false);
      if (isStoreHealthy) break;
    }
    const isBuried = await this.#state.bury([{ entry, reason: 'the store refused it again and again' }]);
    // Moves the store's cursor past it, where it keeps one.
    while (isBuried && !this.#state.isAbandoned) {
      if (await this.#writeWithRetry([], ATTEMPTS_BEFORE_DEAD_LETTER, entry.id)) return;
    }
  }

  /** `false` when the store still refuses after so many attempts. */
  async #writeWithRetry(
    entries: readonly QueueEntry[],
    maxAttempts: number,
    cursor: number | undefined = entries.at(-1)?.id,
  ): Promise<boolean> {
    if (cursor === undefined) return true;
    const backoff = this.#createBackoff();
    for (let attempt = 1; !this.#state.isAbandoned; attempt++) {
      if (await this.#tryWrite(entries, cursor)) return true;
      if (attempt === maxAttempts) return false;
      await this.#state.pause(backoff.nextMs());
    }
    return true;
  }

  async #tryWrite(entries: readonly QueueEntry[], lastId: number): Promise<boolean> {
    let result: StoreWriteResult;
    try {
      const cursor = this.#storeKeepsCursor ? lastId : undefined;
      result = await this.#settings.store.write({ payloads: entries.map(({ payload }) => payload), cursor });
    } catch (error) {
      this.#state.fail(error);
      return false;
    }
    this.#state.succeed();
    const undecodable = result.undecodable.flatMap((index) => entries[index] ?? []);
    if (undecodable.length > 0) {
      await this.#state.bury(undecodable.map((entry) => ({ entry, reason: UNDECODABLE })));
    }
    this.#state.counts.deliveredEntries += entries.length - undecodable.length;
    this.#settings.onChanged(result.changedTraceIds);
    return true;
  }

  async #replayOne({ entry }: DeadLetter): Promise<ReplayAttempt> {
    try {
      // Without a cursor: the letter lies behind the place in the queue that the store keeps.
      const result = await this.#settings.store.write({ payloads: [entry.payload], cursor: undefined });
      if (result.undecodable.length > 0) return { kind: 'refused', letters: [{ entry, reason: UNDECODABLE }] };
      this.#state.counts.deliveredEntries++;
      this.#settings.onChanged(result.changedTraceIds);
      return { kind: 'delivered' };
    } catch (error) {
      const isStoreHealthy = await this.#settings.store.healthy().catch(() => false);
      if (!isStoreHealthy) return { kind: 'unavailable' };
      return {
        kind: 'refused',
        letters: [{ entry, reason: `the store refused it: ${reasonOf(error)}`.slice(0, 300) }],
      };
    }
  }

  #createBackoff(): Backoff {
    const { firstRetryMs = DEFAULT_FIRST_RETRY_MS, lastRetryMs = DEFAULT_LAST_RETRY_MS } = this.#settings;
    return createBackoff(firstRetryMs, lastRetryMs);
  }
}
