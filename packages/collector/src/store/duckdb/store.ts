import { existsSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import type { Store } from '../contract.js';
import { StoreError } from '../errors.js';
import { takeDirectory } from './open-directories.js';
import { BatchBuffers } from './packed-batch.js';
import type { StoreCalls, StoreMethod } from './protocol.js';
import { type DuckDbStoreOptions, resolveSettings } from './settings.js';
import { StoreThread } from './store-thread.js';

/** A close does not wait longer than this; what is in the log is replayed at the next start. */
const CLOSE_LIMIT_MS = 15_000;

/** After a failed start the next is tried no sooner than this. */
const RESTART_PAUSE_MS = 1_000;

const HEALTH_LIMIT_MS = 2_000;

export interface CreateDuckDbStoreOptions extends DuckDbStoreOptions {
  /**
   * The thread's script. A built package has its own; tests that run from TypeScript give `await buildStoreWorker()`.
   */
  readonly workerUrl?: URL;
  /** Told of each thread that is started, so that a test can end it. */
  readonly onWorker?: (worker: Worker) => void;
}

export interface DuckDbStore extends Store {
  /** How often the thread died and was started again. */
  readonly restarts: number;
}

/**
 * Opens the embedded store in its own thread. When the thread dies, calls under way reject with `store_worker_died`,
 * and the next call opens the database anew. All methods reject with {@link StoreError}.
 *
 * @throws StoreError `store_open_failed`, `store_locked`, `store_schema_too_new`, `store_worker_missing`,
 * `price_file_invalid`
 */
export async function createDuckDbStore(options: CreateDuckDbStoreOptions): Promise<DuckDbStore> {
  const workerUrl = options.workerUrl ?? new URL('./worker.js', import.meta.url);
  if (!existsSync(workerUrl)) {
    throw new StoreError(
      'store_worker_missing',
      `${workerUrl.href} is not there; build the package, or give workerUrl`,
    );
  }
  const settings = resolveSettings(options);
  const letGo = takeDirectory(options.directory);
  const store = new ThreadedStore('duckdb', () => StoreThread.open(workerUrl, settings, options.onWorker), letGo);
  try {
    await store.open();
  } catch (error) {
    letGo();
    throw error;
  }
  return store;
}

/** A store in a thread that is started again when it dies. */
export class ThreadedStore implements DuckDbStore {
  readonly kind: Store['kind'];
  readonly #openThread: () => Promise<StoreThread>;
  readonly #onClosed: () => void;
  readonly #buffers = new BatchBuffers();
  #thread: Promise<StoreThread> | undefined;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #restarts = 0;
  #closing: Promise<void> | undefined;

  constructor(kind: Store['kind'], openThread: () => Promise<StoreThread>, onClosed: () => void) {
    this.kind = kind;
    this.#openThread = openThread;
    this.#onClosed = onClosed;
  }

  get restarts(): number {
    return this.#restarts;
  }

  async open(): Promise<void> {
    await this.#current();
  }

  readonly cursor: Store['cursor'] = () => this.#call('cursor', []);

  readonly write: Store['write'] = async (batch) => {
    const packed = this.#buffers.pack(batch);
    const result = await this.#call('write', [packed]);
    this.#buffers.giveBack(packed);
    return result;
  };

  readonly listTraces: Store['listTraces'] = (query) => this.#call('listTraces', [query]);

  readonly trace: Store['trace'] = (traceId) => this.#call('trace', [traceId]);

  readonly observation: Store['observation'] = (traceId, spanId, full) =>
    this.#call('observation', [traceId, spanId, full]);

  readonly summaries: Store['summaries'] = (traceIds, filter) => this.#call('summaries', [traceIds, filter]);

  readonly facets: Store['facets'] = () => this.#call('facets', []);

  readonly series: Store['series'] = (request) => this.#call('series', [request]);

  readonly counts: Store['counts'] = () => this.#call('counts', []);

  readonly scan: Store['scan'] = (query) => this.#call('scan', [query]);

  readonly sql: Store['sql'] = (request) => this.#call('sql', [request]);

  readonly prune: Store['prune'] = (policy) => this.#call('prune', [policy]);

  async healthy(): Promise<boolean> {
    if (this.#closing) return false;
    try {
      return await within(HEALTH_LIMIT_MS, this.#call('healthy', []), false);
    } catch {
      // Whatever stops the call is what unhealthy means; asking starts a dead thread again.
      return false;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close().finally(this.#onClosed);
    return this.#closing;
  }

  async #close(): Promise<void> {
    const opening = this.#thread;
    if (!opening) return;
    try {
      const thread = await opening;
      const closed = await within(
        CLOSE_LIMIT_MS,
        thread.call('close', []).then(() => true),
        false,
      );
      if (closed) await thread.ended;
      else thread.abandon();
    } catch {
      // A thread that has died, or could not open, has nothing left to close.
    }
  }

  async #call<Method extends StoreMethod>(
    method: Method,
    args: StoreCalls[Method]['args'],
  ): Promise<StoreCalls[Method]['result']> {
    if (this.#closing) throw new StoreError('store_closed', 'the store is closed');
    const thread = await this.#current();
    return thread.call(method, args);
  }

  /** The live thread, or a new one in place of one that died. */
  #current(): Promise<StoreThread> {
    if (this.#thread) return this.#thread;
    if (performance.now() - this.#failedAtMs < RESTART_PAUSE_MS) {
      return Promise.reject(
        new StoreError('store_worker_died', 'the store could not be opened; it is tried again soon'),
      );
    }
    const opening = this.#openThread();
    this.#thread = opening;
    opening.then(
      (thread) => void thread.ended.then(() => this.#forget(opening)),
      () => {
        this.#failedAtMs = performance.now();
        this.#forget(opening);
      },
    );
    return opening;
  }

  #forget(opening: Promise<StoreThread>): void {
    if (this.#thread !== opening || this.#closing) return;
    this.#thread = undefined;
    this.#restarts += 1;
  }
}

async function within<T>(limitMs: number, promise: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), limitMs);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}
