import { randomBytes } from 'node:crypto';
import { ATTRIBUTE } from '@slipstream/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ClickHouseServer, isChdbThere } from '../../../test/support/clickhouse-server.js';
import type { Store } from '../contract.js';
import { EPOCH_US, payload, type SpanSpec, traceIdOf } from '../suite/payloads.js';
import { buildStoreWorker } from '../testing.js';
import { Connection } from './database/connection.js';
import { type ClickHouseStoreOptions, resolveSettings } from './settings.js';
import { createClickHouseStore } from './store.js';

const DAY_US = 86_400_000_000;

/** What is ClickHouse's own, beside what every store does. */
describe.runIf(isChdbThere)('a database in ClickHouse (needs chdb)', () => {
  let server: ClickHouseServer;
  let workerUrl: URL;
  let url: string;
  let connection: Connection;
  const stores: Store[] = [];

  const open = async (options: Partial<ClickHouseStoreOptions> = {}): Promise<Store> => {
    const store = await createClickHouseStore({ url, workerUrl, ...options });
    stores.push(store);
    return store;
  };
  const write = (store: Store, ...specs: readonly SpanSpec[]) =>
    store.write({ payloads: [payload(...specs)], cursor: undefined });
  const numberOf = async (sql: string): Promise<number> => Number((await connection.rows({ sql }))[0]?.[0]);
  const partitions = (table: string): Promise<number> =>
    numberOf(`SELECT uniq(partition) FROM system.parts WHERE database = currentDatabase() AND active
AND table = '${table}'`);

  beforeAll(async () => {
    workerUrl = await buildStoreWorker('clickhouse');
    server = await ClickHouseServer.open();
  });

  beforeEach(() => {
    url = server.url(`own_${randomBytes(6).toString('hex')}`);
    connection = new Connection(resolveSettings({ url }));
  });

  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await connection.close();
  });

  afterAll(() => server.close());

  test('is made by several collectors that start at the same time', async () => {
    const opened = await Promise.all([open(), open(), open()]);
    for (const [index, store] of opened.entries()) await write(store, { trace: index + 1, span: 1 });
    expect(await opened[0]?.counts()).toMatchObject({ spans: 3, traces: 3 });
    expect(await numberOf('SELECT max(version) FROM schema_versions')).toBe(1);
  });

  test('of a newer version is refused', async () => {
    await open();
    await connection.command({ sql: 'INSERT INTO schema_versions (version) VALUES (99)' });
    await expect(open()).rejects.toMatchObject({ code: 'store_schema_too_new' });
  });

  test('has every column that a row is written with', async () => {
    const store = await open();
    const { rows } = await store.sql({ sql: 'SELECT count() FROM observations', maxRows: 1, timeLimitMs: 5000 });
    expect(rows).toEqual([[0]]);
    await write(store, { trace: 1, span: 1 });
    expect(await numberOf('SELECT count() FROM trace_versions')).toBe(1);
  });

  test('takes halves of characters for what no text has, and the backslashes of others as they are', async () => {
    const store = await open();
    const metadata = '{"half":"a\\ud800b","\\udc00":"key","whole":"\\ud83d\\ude00","path":"c:\\\\ud800"}';
    const attributes = { 'langfuse.observation.metadata': metadata, 'langfuse.trace.metadata': metadata };
    const result = await write(store, { trace: 1, span: 1, attributes, name: 'c:\\ud800' }, { trace: 2, span: 1 });
    expect(result).toMatchObject({ insertedSpans: 2, undecodable: [] });
    const { rows } = await store.sql({
      sql: 'SELECT name, metadata FROM observations ORDER BY trace_id LIMIT 1',
      maxRows: 1,
      timeLimitMs: 5000,
    });
    const whole = { half: 'a\ufffdb', '\ufffd': 'key', whole: '\u{1f600}', path: 'c:\\ud800' };
    expect(rows).toEqual([['c:\\ud800', expect.objectContaining(whole)]]);
  });

  test('finds metadata of a trace that has more of it than its row may hold', async () => {
    const store = await open();
    const specs = Array.from({ length: 15 }, (_, span) => ({
      trace: 1,
      span: span + 1,
      attributes: Object.fromEntries(
        Array.from({ length: 100 }, (_, key) => [`${ATTRIBUTE.observationMetadata}key-${span}-${key}`, `v${key}`]),
      ),
    }));
    await write(store, ...specs, { trace: 2, span: 1 });
    const found = async (condition: string) =>
      (await store.listTraces({ limit: 9, metadata: [condition] })).traces.map(({ traceId }) => traceId);
    expect(await numberOf('SELECT sum(has_more_terms) FROM trace_versions')).toBe(1);
    expect(await found('key-0-0:v0')).toEqual([traceIdOf(1)]);
    expect(await found('key-14-99:v99')).toEqual([traceIdOf(1)]);
    expect(await found('key-14-99')).toEqual([traceIdOf(1)]);
    expect(await found('key-14-99:v98')).toEqual([]);
  });

  test.each([
    ['as large as may be folded', 20],
    ['larger', 19],
  ])('counts a trace that is %s, and knows each of its spans', async (_, maxFoldedSpans) => {
    const store = await open({ maxFoldedSpans });
    const span = (number: number): SpanSpec => ({ trace: 1, span: number, name: `span ${number}`, startUs: number });
    const spans = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, index) => span(first + index));
    await write(store, ...spans(1, 15));
    await write(store, ...spans(16, 20));
    await write(store, { trace: 2, span: 1, instance: 'other' });
    await store.close();
    const again = await open({ maxFoldedSpans });
    expect(await write(again, ...spans(11, 20))).toMatchObject({
      insertedSpans: 0,
      duplicates: 10,
      changedTraceIds: [],
    });
    expect(await write(again, ...spans(20, 25))).toMatchObject({ insertedSpans: 5, duplicates: 1 });
    expect(await write(again, ...spans(16, 25))).toMatchObject({ insertedSpans: 0, duplicates: 10 });
    expect((await again.summaries([traceIdOf(1)], {}))[0]).toMatchObject({ name: 'span 1', observationCount: 25 });
    expect((await again.counts()).spansByInstance).toEqual({ 'suite-instance': 25, other: 1 });
  });

  test('drops days that are over as a whole, and takes the rest of what is too old row by row', async () => {
    const store = await open();
    const at = (day: number, trace: number, span = 1): SpanSpec => ({ trace, span, startUs: day * DAY_US + trace });
    await write(store, at(0, 1), at(1, 2), at(2, 3), at(2, 4), at(3, 5));
    // A trace of the first day that goes on into the fourth keeps all its days.
    await write(store, at(0, 6), at(3, 6, 2));
    expect(await partitions('observation_versions')).toBe(4);
    const removed = { traces: 0, spans: 0 };
    for (let share = 0, hasMore = true; hasMore && share < 20; share += 1) {
      const result = await store.prune({ beforeUs: EPOCH_US + 2 * DAY_US + 4 });
      removed.traces += result.removedTraces;
      removed.spans += result.removedSpans;
      hasMore = result.hasMore;
    }
    expect(removed).toEqual({ traces: 3, spans: 3 });
    const left = async () => (await store.listTraces({ limit: 9 })).traces.map(({ traceId }) => traceId);
    expect(await left()).toEqual([5, 4, 6].map(traceIdOf));
    expect((await store.trace(traceIdOf(6)))?.observations).toHaveLength(2);
    await store.prune({ beforeUs: EPOCH_US + 3 * DAY_US });
    await write(store, at(3, 7));
    // Once that trace is gone as well, the days before go as a whole.
    await store.prune({ beforeUs: EPOCH_US + 4 * DAY_US - 1 });
    await store.prune({ beforeUs: EPOCH_US + 4 * DAY_US - 1 });
    expect(await left()).toEqual([]);
    expect(await partitions('observation_versions')).toBeLessThanOrEqual(1);
  });

  test('shows a span once that came to begin on another day', async () => {
    const store = await open();
    await write(store, { trace: 1, span: 1, startUs: 2 * DAY_US, running: true, name: 'early' });
    await write(store, { trace: 1, span: 1, startUs: 10, name: 'late' });
    const { rows } = await store.scan({ what: 'observations', limit: 10 });
    expect(rows.map(({ name }) => name)).toEqual(['late']);
    const shown = await store.sql({ sql: 'SELECT name FROM observations', maxRows: 9, timeLimitMs: 5000 });
    expect(shown.rows).toEqual([['late']]);
    expect((await store.listTraces({ limit: 9 })).traces).toMatchObject([{ name: 'late', startTimeUs: EPOCH_US + 10 }]);
  });

  test('takes starts of any time in one batch', async () => {
    const store = await open();
    const specs = Array.from({ length: 110 }, (_, index) => ({
      trace: index + 1,
      span: 1,
      startUs: index === 0 ? -EPOCH_US : index * 100 * DAY_US,
    }));
    expect(await write(store, ...specs)).toMatchObject({ insertedSpans: 110 });
    expect(await store.counts()).toMatchObject({ spans: 110, traces: 110 });
    const pages = (await store.scan({ what: 'observations', limit: 1000 })).rows;
    expect(pages).toHaveLength(110);
    expect(pages[0]).toMatchObject({ trace_id: traceIdOf(1) });
  });

  test('keeps whole numbers exact in SQL, and writes nothing through it', async () => {
    const store = await open();
    const ask = (sql: string) => store.sql({ sql, maxRows: 5, timeLimitMs: 5000 });
    const { columns, rows } = await ask(
      "SELECT toUInt64(7) AS a, 9007199254740993 AS b, [toInt64(1)] AS c, map('k', toUInt64(2)) AS d, toDecimal64('1.50', 2) AS e, nan AS f",
    );
    expect(rows).toEqual([[7, '9007199254740993', [1], { k: 2 }, '1.5', 'nan']]);
    expect(columns.map(({ type }) => type).slice(0, 3)).toEqual(['UInt64', 'UInt64', 'Array(Int64)']);
    for (const sql of [
      'SELECT * FROM system.users',
      'SELECT * FROM observation_versions',
      "SELECT * FROM file('/etc/passwd', LineAsString)",
      'SELECT 1 SETTINGS readonly = 0, max_execution_time = 100',
      'SELECT 1 FORMAT Null',
    ]) {
      await expect(ask(sql)).rejects.toMatchObject({ code: 'sql_refused' });
    }
  });
});
