import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { StoreErrorCode } from '../errors.js';
import { describeStore } from '../suite/describe-store.js';
import type { StoreHarness } from '../suite/harness.js';
import { payload } from '../suite/payloads.js';
import { buildStoreWorker } from '../testing.js';
import { type CreateDuckDbStoreOptions, createDuckDbStore, type DuckDbStore } from './store.js';

let workerUrl: URL;

beforeAll(async () => {
  workerUrl = await buildStoreWorker();
});

/** What a crash leaves is what is on the disk at that moment: a copy of the files, which the next store opens. */
async function createHarness(): Promise<StoreHarness> {
  const root = await mkdtemp(join(tmpdir(), 'slipstream-store-'));
  let lives = 0;
  let store: DuckDbStore | undefined;
  const directory = (): string => join(root, String(lives));
  return {
    keepsCursor: true,
    async open() {
      store = await createDuckDbStore({ directory: directory(), workerUrl });
      return store;
    },
    async crash() {
      const before = directory();
      lives += 1;
      await cp(before, directory(), { recursive: true });
      await store?.close();
    },
    async dispose() {
      await store?.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

describeStore('the DuckDB store', createHarness);

describe("the store's thread", () => {
  let directory: string;
  let store: DuckDbStore | undefined;
  let worker: Worker | undefined;

  const open = async (): Promise<DuckDbStore> => {
    directory ??= await mkdtemp(join(tmpdir(), 'slipstream-store-'));
    store = await createDuckDbStore({
      directory,
      workerUrl,
      onWorker: (started) => {
        worker = started;
      },
    });
    return store;
  };

  afterEach(async () => {
    await store?.close();
    store = undefined;
  });

  afterAll(async () => rm(directory, { recursive: true, force: true }));

  test('is started again after it died, and calls under way fail with a code', async () => {
    const opened = await open();
    // A message that it cannot read is an uncaught exception there.
    worker?.postMessage(undefined);
    const writing = opened.write({ payloads: [payload({ trace: 1, span: 1 })], cursor: 5 });
    await expect(writing).rejects.toMatchObject({ code: 'store_worker_died' });
    await vi.waitFor(async () => expect(await opened.healthy()).toBe(true), { timeout: 10_000, interval: 50 });
    expect(opened.restarts).toBe(1);
    await opened.write({ payloads: [payload({ trace: 1, span: 1 })], cursor: 5 });
    expect(await opened.cursor()).toBe(5);
    expect(await opened.counts()).toMatchObject({ spans: 1 });
  });

  test('holds its folder against a second store of the process until it is closed', async () => {
    const first = await open();
    await expect(createDuckDbStore({ directory, workerUrl })).rejects.toMatchObject({ code: 'store_locked' });
    await first.close();
    expect(await (await open()).healthy()).toBe(true);
  });

  test('does not start without its script, on a file that is no database, or with wrong prices', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'slipstream-store-'));
    const refused = async (options: Partial<CreateDuckDbStoreOptions>, code: StoreErrorCode): Promise<void> => {
      const opening = createDuckDbStore({ directory: elsewhere, workerUrl, ...options });
      await expect(opening).rejects.toMatchObject({ code });
    };
    await refused({ workerUrl: new URL('./nothing.mjs', workerUrl) }, 'store_worker_missing');
    await refused({ priceFile: join(elsewhere, 'nothing.json') }, 'price_file_invalid');
    await writeFile(join(elsewhere, 'store.duckdb'), 'this is no database'.repeat(1000));
    await refused({}, 'store_open_failed');
    await rm(elsewhere, { recursive: true });
  });
});
