import { join } from 'node:path';
import type { Collector } from './collector.js';
import { type CollectorSettings, checkSettings } from './settings.js';
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
export async function createCollector(settings: CollectorSettings): Promise<Collector> {
  checkSettings(settings);
  // The store's thread starts while this one still loads the other parts: half of the time until both are ready.
  const opening = openStore(settings, settings.dataDirectory);
  // Whoever waits for it learns of a failure, and nobody may wait, where something else fails first.
  opening.catch(() => undefined);
  try {
    const { assembleCollector } = await import('./collector.js');
    return await assembleCollector(settings, () => opening);
  } catch (error) {
    await opening.then((store) => store.close()).catch(() => undefined);
    throw error;
  }
}

/** The embedded one, unless an address names another. */
function openStore(settings: CollectorSettings, dataDirectory: string): Promise<Store> {
  const { storeUrl, priceFile, storeWorkerUrl, storeMemoryBytes: memoryLimitBytes } = settings;
  const options = {
    ...(priceFile === undefined ? {} : { priceFile }),
    ...(storeWorkerUrl === undefined ? {} : { workerUrl: storeWorkerUrl }),
  };
  return storeUrl === undefined
    ? createDuckDbStore({
        directory: join(dataDirectory, 'store'),
        ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
        ...options,
      })
    : createClickHouseStore({ url: storeUrl, ...options });
}
