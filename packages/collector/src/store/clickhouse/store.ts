import { existsSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import type { Store } from '../contract.js';
import { ThreadedStore } from '../duckdb/store.js';
import { StoreThread } from '../duckdb/store-thread.js';
import { StoreError } from '../errors.js';
import { type ClickHouseStoreOptions, resolveSettings } from './settings.js';

export interface CreateClickHouseStoreOptions extends ClickHouseStoreOptions {
  /**
   * The thread's script. A built package has its own; tests that run from TypeScript give
   * `await buildStoreWorker('clickhouse')`.
   */
  readonly workerUrl?: URL | undefined;
  /** Told of each thread that is started, so that a test can end it. */
  readonly onWorker?: ((worker: Worker) => void) | undefined;
}

/**
 * Opens the store in a ClickHouse that collectors may share, in a thread of its own. Where ClickHouse cannot be reached
 * it opens all the same: calls reject until it can, and `healthy` says so. All methods reject with {@link StoreError}.
 *
 * @throws StoreError `store_open_failed`, `store_schema_too_new`, `store_worker_missing`, `price_file_invalid`,
 * `store_failed` where ClickHouse refuses (a wrong password, no right to make tables)
 * @example
 * const store = await createClickHouseStore({ url: 'clickhouse://slipstream:secret@clickhouse:8123/slipstream' });
 */
export async function createClickHouseStore(options: CreateClickHouseStoreOptions): Promise<Store> {
  const workerUrl = options.workerUrl ?? new URL('./clickhouse-worker.js', import.meta.url);
  if (!existsSync(workerUrl)) {
    throw new StoreError(
      'store_worker_missing',
      `${workerUrl.href} is not there; build the package, or give workerUrl`,
    );
  }
  const settings = resolveSettings(options);
  const store = new ThreadedStore(
    'clickhouse',
    () => StoreThread.open(workerUrl, settings, options.onWorker),
    () => undefined,
  );
  await store.open();
  return store;
}
