import { randomBytes } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ClickHouseServer,
  isChdbRequired,
  isChdbThere,
  realClickHouseUrl,
} from '../../../test/support/clickhouse-server.js';
import type { Store } from '../contract.js';
import { describeStore } from '../suite/describe-store.js';
import type { StoreHarness } from '../suite/harness.js';
import { buildStoreWorker } from '../testing.js';
import { createClickHouseStore } from './store.js';

/** What a harness needs of a server, whichever it is. */
interface Backend {
  url(database: string): string;
  /** Ends it as a power cut would and starts it again, where that can be done to it. */
  crash(): Promise<void>;
}

let workerUrl: URL;

beforeAll(async () => {
  workerUrl = await buildStoreWorker('clickhouse');
});

function createHarness(backend: () => Backend): StoreHarness {
  const database = `slipstream_test_${randomBytes(6).toString('hex')}`;
  const url = backend().url(database);
  let worker: Worker | undefined;
  let store: Store | undefined;
  return {
    keepsCursor: false,
    async open() {
      const onWorker = (each: Worker): void => {
        worker = each;
      };
      store = await createClickHouseStore({ url, workerUrl, onWorker });
      return store;
    },
    async crash() {
      await worker?.terminate();
      await backend().crash();
    },
    async dispose() {
      await store?.close();
      await drop(url, database);
    },
  };
}

async function drop(url: string, database: string): Promise<void> {
  const { hostname, port, username, password, protocol } = new URL(url);
  const scheme = protocol === 'clickhouses:' ? 'https' : 'http';
  const client = createClient({ url: `${scheme}://${hostname}:${port}`, username, password });
  await client.command({ query: `DROP DATABASE IF EXISTS ${database}` });
  await client.close();
}

function describeEngine(): void {
  let server: ClickHouseServer;

  beforeAll(async () => {
    server = await ClickHouseServer.open();
  });

  afterAll(() => server.close());

  describeStore('a store in it', async () =>
    createHarness(() => ({
      url: (database) => server.url(database),
      async crash() {
        await server.kill();
        await server.start();
      },
    })),
  );
}

function describeRealServer(address: string): void {
  describeStore('a store in it', async () =>
    createHarness(() => ({
      url: (database) => `${address.replace(/\/$/, '')}/${database}`,
      crash: async () => undefined,
    })),
  );
}

if (isChdbThere) describe("ClickHouse's engine in a process", describeEngine);
if (realClickHouseUrl) {
  describe('ClickHouse, a server (SLIPSTREAM_TEST_CLICKHOUSE_URL)', () => describeRealServer(realClickHouseUrl ?? ''));
}

if (!isChdbThere) {
  test.skipIf(!isChdbRequired)('the ClickHouse store needs `npm ci` in packages/collector/chdb (178 MB)', () => {
    expect.fail('SLIPSTREAM_REQUIRE_COMPAT is 1, and its libraries are not installed');
  });
}
