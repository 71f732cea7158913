import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collector, type CollectorSettings, createCollector } from '../../src/index.js';
import { buildStoreWorker } from '../../src/store/testing.js';

/** What senders use as their secret key. */
export const TOKEN = 'sk-lf-0123456789abcdef';

export interface ClientCollector {
  readonly collector: Collector;
  readonly url: string;
  /** Closes it and removes its data. */
  destroy(): Promise<void>;
}

/** The whole collector with its embedded store and a token, on free ports. */
export async function startCollector(settings: Partial<CollectorSettings> = {}): Promise<ClientCollector> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'slipstream-clients-'));
  const collector = await createCollector({
    port: 0,
    grpcPort: 0,
    token: TOKEN,
    storeWorkerUrl: await buildStoreWorker(),
    logLevel: 'silent',
    ...settings,
    dataDirectory,
  });
  return {
    collector,
    url: collector.url,
    async destroy() {
      await collector.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
