import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ClickHouseServer, isChdbThere } from '../../../test/support/clickhouse-server.js';
import { FaultyProxy, type ProxyFault } from '../../../test/support/faulty-proxy.js';
import type { Store, StoreWriteResult } from '../contract.js';
import { EPOCH_US, payload, type SpanSpec, spanIdOf, traceIdOf } from '../suite/payloads.js';
import { buildStoreWorker } from '../testing.js';
import { createClickHouseStore } from './store.js';

const REQUEST_TIMEOUT_MS = 3_000;

/** Tables that a batch of spans is written to, in order; the index twice. */
const TABLES = ['trace_index', 'observation_versions', 'trace_versions'] as const;

describe.runIf(isChdbThere)('a ClickHouse that fails (needs chdb)', () => {
  let server: ClickHouseServer;
  let proxy: FaultyProxy;
  let workerUrl: URL;
  let database: string;
  let store: Store;
  const others: Store[] = [];

  const open = (port: number): Promise<Store> =>
    createClickHouseStore({
      url: `clickhouse://default:@127.0.0.1:${port}/${database}`,
      workerUrl,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      queryTimeoutMs: REQUEST_TIMEOUT_MS,
    });

  beforeAll(async () => {
    workerUrl = await buildStoreWorker('clickhouse');
    server = await ClickHouseServer.open();
    proxy = await FaultyProxy.open(() => server.port);
  });

  beforeEach(async () => {
    database = `faults_${randomBytes(6).toString('hex')}`;
    store = await open(proxy.port);
  });

  afterEach(async () => {
    proxy.heal();
    await Promise.all([store, ...others.splice(0)].map((each) => each.close()));
  });

  afterAll(async () => {
    await proxy.close();
    await server.close();
  });

  const batch = (...specs: readonly SpanSpec[]): Promise<StoreWriteResult> =>
    store.write({ payloads: [payload(...specs)], cursor: undefined });

  /** The names of all spans, once for each row that a scan gives. */
  const names = async (from: Store = store): Promise<string[]> => {
    const { rows } = await from.scan({ what: 'observations', limit: 1000 });
    return rows.map(({ name }) => name).sort();
  };

  const FIRST: readonly SpanSpec[] = [
    { trace: 1, span: 1, name: 'root' },
    { trace: 1, span: 2, parent: 1, name: 'open', running: true },
  ];
  const SECOND: readonly SpanSpec[] = [
    { trace: 1, span: 2, parent: 1, name: 'closed' },
    { trace: 1, span: 3, parent: 1, name: 'third' },
    { trace: 2, span: 1, name: 'other' },
  ];

  const expectAllOnce = async (): Promise<void> => {
    expect(await names()).toEqual(['closed', 'other', 'root', 'third']);
    const { traces } = await store.listTraces({ limit: 10 });
    expect(traces.map(({ name, observationCount, running }) => [name, observationCount, running]).sort()).toEqual([
      ['other', 1, false],
      ['root', 3, false],
    ]);
    expect(await store.counts()).toMatchObject({
      spans: 4,
      runningSpans: 0,
      traces: 2,
      spansByInstance: { 'suite-instance': 4 },
    });
    expect((await store.trace(traceIdOf(1)))?.observations).toHaveLength(3);
  };

  const FAULTS: readonly ProxyFault[] = ['refuse', 'cut', 'lose', '500'];
  const places = TABLES.flatMap((table) => FAULTS.map((fault) => [fault, table] as const));

  test.each([...places, ['hang', 'observation_versions'] as const])(
    'with %s while %s is written rejects, and stores each span once when the batch comes again',
    async (fault, table) => {
      await batch(...FIRST);
      proxy.spoil(fault, `INSERT INTO ${table}`);
      const startedMs = performance.now();
      await expect(batch(...SECOND)).rejects.toMatchObject({
        code: fault === 'hang' ? 'query_timeout' : 'store_failed',
      });
      expect(proxy.spoilt).toBeGreaterThan(0);
      expect(performance.now() - startedMs).toBeLessThan(10 * REQUEST_TIMEOUT_MS);
      // What got through before its answer was lost may be all that there is to do.
      const again = await batch(...SECOND).catch(() => undefined);
      proxy.heal();
      const last = await batch(...SECOND);
      const changed = [...(again?.changedTraceIds ?? []), ...last.changedTraceIds];
      expect(changed.sort()).toEqual([traceIdOf(1), traceIdOf(2)]);
      await expectAllOnce();
      expect(await batch(...SECOND)).toMatchObject({ insertedSpans: 0, duplicates: 3, changedTraceIds: [] });
      await expectAllOnce();
    },
  );

  test('while it is away, queries and writes reject, and it is not healthy; then all goes on', async () => {
    await batch(...FIRST);
    proxy.spoil('refuse');
    expect(await store.healthy()).toBe(false);
    await expect(store.listTraces({ limit: 1 })).rejects.toMatchObject({ code: 'store_failed' });
    await expect(batch(...SECOND)).rejects.toMatchObject({ code: 'store_failed' });
    proxy.heal();
    expect(await store.healthy()).toBe(true);
    await batch(...SECOND);
    await expectAllOnce();
  });

  test('when the store opens does not keep it from opening', async () => {
    proxy.spoil('refuse');
    const late = await open(proxy.port);
    others.push(late);
    expect(await late.cursor()).toBeUndefined();
    expect(await late.healthy()).toBe(false);
    proxy.heal();
    await expect.poll(() => late.healthy(), { timeout: 10_000 }).toBe(true);
    await late.write({ payloads: [payload(...FIRST)], cursor: undefined });
    expect(await names(late)).toEqual(['open', 'root']);
  });

  test('by a power cut in the middle of writes keeps what it acknowledged', async () => {
    const acknowledged: number[] = [];
    const writing = Array.from({ length: 12 }, (_, index) =>
      batch({ trace: index + 1, span: 1, name: `span ${index}` })
        .then(() => acknowledged.push(index))
        .catch(() => undefined),
    );
    await Promise.race(writing);
    await server.kill();
    await Promise.all(writing);
    await server.start();
    await expect.poll(() => store.healthy(), { timeout: 10_000 }).toBe(true);
    const kept = await names();
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const index of acknowledged) expect(kept).toContain(`span ${index}`);
    for (let index = 0; index < 12; index += 1) await batch({ trace: index + 1, span: 1, name: `span ${index}` });
    expect(await names()).toEqual(Array.from({ length: 12 }, (_, index) => `span ${index}`).sort());
  }, 60_000);

  test('or not: collectors that write the same traces at the same time leave one row and every span once', async () => {
    const second = await open(server.port);
    const third = await open(server.port);
    others.push(second, third);
    const writers = [store, second, third];
    for (let round = 1; round <= 6; round += 1) {
      // Each has a span of its own, far away from the others', and one that all of them send.
      const writes = writers.map((each, index) => {
        const own = { trace: round, span: index + 2, parent: 1, startUs: index * 300_000_000, name: `own ${index}` };
        const shared = { trace: round, span: 1, startUs: 1000, name: 'shared' };
        return each.write({ payloads: [payload(shared, own)], cursor: undefined });
      });
      await Promise.all(writes);
    }
    const { traces } = await store.listTraces({ limit: 50 });
    expect(traces.map(({ observationCount, name }) => [observationCount, name])).toEqual(
      Array.from({ length: 6 }, () => [4, 'shared']),
    );
    expect(traces[0]).toMatchObject({ startTimeUs: EPOCH_US, durationUs: 600_001_000 });
    expect(await names()).toHaveLength(24);
    expect(await store.counts()).toMatchObject({ spans: 24, traces: 6 });
    for (const { traceId } of traces) {
      const spanIds = (await second.trace(traceId))?.observations.map(({ spanId }) => spanId);
      expect(spanIds?.sort()).toEqual([1, 2, 3, 4].map(spanIdOf));
    }
  }, 60_000);
});
