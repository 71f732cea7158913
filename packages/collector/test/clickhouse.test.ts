import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { statusSchema, type TraceSummary, traceListSchema } from '@slipstream/query-api';
import { createClient } from '@slipstream/sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Collector, createCollector } from '../src/index.js';
import { buildStoreWorker } from '../src/store/testing.js';
import { ClickHouseServer, isChdbThere } from './support/clickhouse-server.js';
import { send } from './support/http-client.js';

/** ClickHouse starts, opens a database and takes a batch in a few seconds at most, also on a busy machine. */
const SOON = { timeout: 20_000, interval: 50 };

describe.runIf(isChdbThere)('collectors whose store is in ClickHouse (needs chdb)', () => {
  let server: ClickHouseServer;
  let storeWorkerUrl: URL;
  let root: string;
  const collectors: Collector[] = [];

  beforeAll(async () => {
    storeWorkerUrl = await buildStoreWorker('clickhouse');
    server = await ClickHouseServer.open();
  });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'slipstream-clickhouse-'));
  });

  afterEach(async () => {
    await Promise.all(collectors.splice(0).map((collector) => collector.close()));
    await rm(root, { recursive: true, force: true });
  });

  afterAll(() => server.close());

  const start = async (name: string, database: string): Promise<Collector> => {
    const dataDirectory = join(root, name);
    const storeUrl = server.url(database);
    const collector = await createCollector({ port: 0, dataDirectory, storeUrl, storeWorkerUrl, logLevel: 'silent' });
    collectors.push(collector);
    return collector;
  };

  const traceOnce = async (url: string, name: string): Promise<void> => {
    const client = createClient({ url, service: 'app', handleSignals: false });
    const trace = client.trace({ name });
    trace.generation({ name: 'llm', model: 'gpt-4o-mini', input: 'hi' }).end({ output: 'hello' });
    trace.end();
    expect(await client.flush()).toMatchObject({ dropped: 0, pending: 0 });
    await client.shutdown();
  };

  const list = async ({ url }: Collector): Promise<readonly TraceSummary[]> => {
    const response = await send(`${url}/api/v1/traces`);
    expect(response.status).toBe(200);
    return traceListSchema.parse(response.json()).traces;
  };

  it('show each what the other took in, and count it once', async () => {
    const [one, two] = [await start('one', 'shared'), await start('two', 'shared')];
    await traceOnce(one.url, 'at the first');
    await traceOnce(two.url, 'at the second');
    for (const collector of [one, two]) {
      await vi.waitFor(async () => {
        const shown = (await list(collector)).map(({ name, running, observationCount }) => [
          name,
          running,
          observationCount,
        ]);
        expect(shown.sort()).toEqual([
          ['at the first', false, 2],
          ['at the second', false, 2],
        ]);
      }, SOON);
    }
    await vi.waitFor(async () => {
      const status = statusSchema.parse((await send(`${one.url}/api/v1/status`)).json());
      expect(status.store).toMatchObject({ kind: 'clickhouse', spans: 4, traces: 2 });
    }, SOON);
  }, 60_000);

  it('take in what comes while ClickHouse is away, and deliver it when it is back', async () => {
    await server.kill();
    const collector = await start('early', 'away');
    expect((await send(`${collector.url}/ready`)).status).toBe(503);
    await traceOnce(collector.url, 'kept');
    await server.start();
    await vi.waitFor(async () => expect(await list(collector)).toMatchObject([{ name: 'kept' }]), SOON);
    await vi.waitFor(async () => expect((await send(`${collector.url}/ready`)).status).toBe(200), SOON);
  }, 60_000);
});
