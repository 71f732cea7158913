import { join } from 'node:path';
import { assembleCollector, type Collector } from './collector.js';
import type { CollectorSettings } from './settings.js';
import { createDuckDbStore } from './store/index.js';

/**
 * Starts a collector: receivers, durable queue, embedded store, read API and UI in this process.
 *
 * @throws `INVALID_CONFIG`, `DATA_DIRECTORY_LOCKED`, `DATA_DIRECTORY_UNUSABLE`, `PORT_IN_USE`, `ADDRESS_UNAVAILABLE`,
 * or the store's own codes (`store_…`, `price_file_invalid`).
 * @example
 * const collector = await createCollector({ dataDirectory: '.slipstream' });
 * console.log(collector.url);
 * await collector.close();
 */
export function createCollector(settings: CollectorSettings): Promise<Collector> {
  const { priceFile, storeWorkerUrl } = settings;
  return assembleCollector(settings, (dataDirectory) =>
    createDuckDbStore({
      directory: join(dataDirectory, 'store'),
      ...(priceFile === undefined ? {} : { priceFile }),
      ...(storeWorkerUrl === undefined ? {} : { workerUrl: storeWorkerUrl }),
    }),
  );
}
