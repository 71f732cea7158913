import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { beforeAll } from 'vitest';
import { describeStore, type StoreHarness } from '../suite.js';
import { buildStoreWorker } from '../testing.js';
import { createDuckDbStore, type DuckDbStore } from './store.js';

let workerUrl: URL;

beforeAll(async () => {
  workerUrl = await buildStoreWorker();
});

async function createHarness(): Promise<StoreHarness> {
  const directory = await mkdtemp(join(tmpdir(), 'slipstream-store-'));
  let store: DuckDbStore | undefined;
  let worker: Worker | undefined;
  return {
    async open() {
      store = await createDuckDbStore({
        directory,
        workerUrl,
        onWorker: (started) => {
          worker = started;
        },
      });
      return store;
    },
    async crash() {
      await worker?.terminate();
    },
    async dispose() {
      await store?.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

describeStore('the DuckDB store', createHarness);
