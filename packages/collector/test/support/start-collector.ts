import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleCollector, type Collector } from '../../src/collector.js';
import { createLog } from '../../src/logging/log.js';
import type { CollectorSettings } from '../../src/settings.js';
import { MemoryStore } from './memory-store.js';

export interface TestCollector extends Collector {
  readonly store: MemoryStore;
  readonly dataDirectory: string;
  /** What it logged. */
  readonly lines: readonly string[];
  /** Closes it and removes its data. */
  destroy(): Promise<void>;
}

/** A collector on a free port with a fresh data directory and a store in memory. */
export async function startCollector(
  settings: Partial<CollectorSettings> = {},
  store = new MemoryStore(),
): Promise<TestCollector> {
  const dataDirectory = settings.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'slipstream-collector-')));
  const lines: string[] = [];
  const collector = await assembleCollector(
    { port: 0, log: createLog({ format: 'text', write: (line) => lines.push(line) }), ...settings, dataDirectory },
    async () => store,
  );
  return {
    url: collector.url,
    grpcUrl: collector.grpcUrl,
    status: () => collector.status(),
    close: () => collector.close(),
    store,
    dataDirectory,
    lines,
    async destroy() {
      await collector.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
