import { join } from 'node:path';
import { assembleCollector, type Collector } from './collector.js';
import type { CollectorSettings } from './settings.js';
import type { Store } from './store/contract.js';
import { createClickHouseStore, createDuckDbStore } from './store/index.js';

/**
 * Starts a collector: receivers, durable queue, store, read API and UI in this process.
 *
 * @throws `INVALID_CONFIG`, `DATA_DIRECTORY_LOCKED`, `DATA_DIRECTORY_UNUSABLE`, `PORT_IN_USE`, `ADDRESS_UNAVAILABLE`,
 * or the store's own codes (`store_…`, `price_file_invalid`).
 * @example
 * const collector = await createCollector({ dataDirectory: '.slipstream' });
 * console.log(collector.url);
 * await collector.close();
 */
export function createCollector(settings: CollectorSettings): Promise<Collector> {
  return assembleCollector(settings, (dataDirectory) => openStore(settings, dataDirectory));
}

/** The embedded one, unless an address names another. */
function openStore({ storeUrl, priceFile, storeWorkerUrl }: CollectorSettings, dataDirectory: string): Promise<Store> {
  const options = {
    ...(priceFile === undefined ? {} : { priceFile }),
    ...(storeWorkerUrl === undefined ? {} : { workerUrl: storeWorkerUrl }),
  };
  return storeUrl === undefined
    ? createDuckDbStore({ directory: join(dataDirectory, 'store'), ...options })
    : createClickHouseStore({ url: storeUrl, ...options });
}
