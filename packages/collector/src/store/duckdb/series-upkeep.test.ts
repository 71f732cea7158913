import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Series } from '@slipstream/query-api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EPOCH_US, payload, type SpanSpec } from '../suite/payloads.js';
import { Engine } from './engine.js';
import { MAX_SERIES_NAMES, MAX_SERIES_SOURCES } from './intake/series-fold.js';
import { readSeries } from './query/read-series.js';
import { resolveSettings } from './settings.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const EPOCH_MS = EPOCH_US / 1000;

/** Everything in this test is long past, so that it moves at the next turn. */
const AT_ONCE = { intervalMs: 1, quietMs: 0, maxNewsRows: 200_000 };
const NEVER = { ...AT_ONCE, intervalMs: 3_600_000 };

let directory: string;
let engine: Engine;
let cursor = 0;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipstream-series-'));
});

afterEach(async () => {
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

async function open(series: typeof AT_ONCE): Promise<void> {
  engine = await Engine.open({ ...resolveSettings({ directory }), series }, () => undefined);
}

async function reopen(series: typeof AT_ONCE): Promise<void> {
  await engine.close();
  await open(series);
}

function write(...specs: readonly SpanSpec[]): ReturnType<Engine['write']> {
  cursor += 1;
  return engine.write({ payloads: [payload(...specs)], cursor });
}

async function countOf(table: string, where = 'true'): Promise<number> {
  const [row] = await engine.queries.rows({ sql: `SELECT count(*)::INTEGER FROM ${table} WHERE ${where}` });
  return Number(row?.[0]);
}

const eventually = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 20 });
const untilMoved = () => eventually(async () => expect(await countOf('series_news')).toBe(0));

function ask(filter: { name?: string; service?: string } = {}, stepMs = MINUTE_MS): Promise<Series> {
  return readSeries(engine.queries, { fromMs: EPOCH_MS, toMs: EPOCH_MS + 2 * HOUR_MS, stepMs, ...filter });
}

const spread = (count: number, fields: (index: number) => Partial<SpanSpec> = () => ({})): SpanSpec[] =>
  Array.from({ length: count }, (_, index) => ({
    trace: 1,
    span: index + 1,
    startUs: (index % 100) * MINUTE_MS * 1000,
    durationUs: 10 + index * 17,
    name: `name ${index % 7}`,
    ...fields(index),
  }));

describe('the sums over time', () => {
  test('are the same before and after they have moved, and their rows are fewer', async () => {
    await open(NEVER);
    for (const specs of [spread(500), spread(1000)]) await write(...specs);
    const answers = async () => [await ask(), await ask({}, HOUR_MS), await ask({ name: 'name 3' })];
    const before = await answers();
    expect(before[0]?.total.spans).toBe(1000);
    await reopen(AT_ONCE);
    await untilMoved();
    expect(await answers()).toEqual(before);
    expect(await countOf('series_hours')).toBeLessThan(await countOf('series_minutes'));
    expect(await countOf('series_name_hours')).toBeLessThan(await countOf('series_name_minutes'));
  });

  test('take in what comes late, and hours become one row a key again', async () => {
    await open(AT_ONCE);
    for (let span = 1; span <= 4; span += 1) {
      await write({ trace: 1, span, name: 'same', startUs: span * MINUTE_MS * 1000 });
      await untilMoved();
    }
    expect((await ask({}, HOUR_MS)).total).toMatchObject({ spans: 4 });
    for (const table of ['series_hours', 'series_name_hours']) {
      await eventually(async () => expect(await countOf(table)).toBe(1));
    }
    expect((await ask({}, HOUR_MS)).points.map(({ spans }) => spans)).toEqual([4, 0]);
    expect(await ask()).toMatchObject({ total: { spans: 4 } });
  });

  test('take back what a revision replaces after it has moved', async () => {
    await open(AT_ONCE);
    await write({ trace: 1, span: 1, name: 'old', startUs: 0 });
    await untilMoved();
    await write({ trace: 1, span: 1, name: 'new', startUs: MINUTE_MS * 1000, revision: 1 });
    await untilMoved();
    for (const stepMs of [MINUTE_MS, HOUR_MS]) {
      expect((await ask({}, stepMs)).total.spans).toBe(1);
      expect((await ask({ name: 'old' }, stepMs)).total.spans).toBe(0);
      expect((await ask({ name: 'new' }, stepMs)).total.spans).toBe(1);
    }
  });

  test('wait for the end of their minute, unless there are too many', async () => {
    const [now] = [Date.now() * 1000 - EPOCH_US];
    await open({ intervalMs: 1, quietMs: 3_600_000, maxNewsRows: 1 });
    await write({ trace: 1, span: 1, startUs: now });
    await write({ trace: 2, span: 1, startUs: 0 });
    await untilMoved();
    expect(await countOf('series_minutes')).toBe(2);
    await reopen({ intervalMs: 1, quietMs: 3_600_000, maxNewsRows: 100 });
    await write({ trace: 1, span: 2, startUs: now }, { trace: 2, span: 2, startUs: 0 });
    await eventually(async () => expect(await countOf('series_minutes')).toBe(3));
    expect(await countOf('series_news')).toBe(1);
  });

  test.each([
    ['one batch', 1],
    ['many batches', 3],
  ])('keep the most frequent names of a minute apart, of %s', async (_, batches) => {
    await open(NEVER);
    const share = Math.ceil((MAX_SERIES_NAMES * 2) / batches);
    for (let batch = 0; batch < batches; batch += 1) {
      const often = Array.from({ length: 3 }, (_, index) => ({ span: batch * 10_000 + index + 1, name: 'often' }));
      const once = Array.from({ length: share }, (_, index) => ({
        span: batch * 10_000 + index + 100,
        name: `once ${batch} ${index}`,
      }));
      await write(...[...often, ...once].map((spec) => ({ trace: 1, startUs: 0, ...spec })));
    }
    await reopen(AT_ONCE);
    await untilMoved();
    const spans = batches * (share + 3);
    expect(await ask()).toMatchObject({ total: { spans }, otherSpans: 0 });
    for (const stepMs of [MINUTE_MS, HOUR_MS]) {
      const often = await ask({ name: 'often' }, stepMs);
      expect(often.total.spans).toBe(batches * 3);
      expect(often.otherSpans).toBeGreaterThanOrEqual(spans - batches * 3 - MAX_SERIES_NAMES);
      expect(often.otherSpans).toBeLessThan(spans - MAX_SERIES_NAMES / 2);
    }
    const [kept] = await engine.queries.rows({ sql: 'SELECT count(DISTINCT name)::INTEGER FROM series_name_minutes' });
    expect(kept?.[0]).toBeLessThanOrEqual(MAX_SERIES_NAMES);
  });

  test('keep the most frequent services of a minute apart, and take back what they do not', async () => {
    await open(AT_ONCE);
    const count = MAX_SERIES_SOURCES + 20;
    const service = (index: number): Partial<SpanSpec> => ({ startUs: 0, service: `service ${index}` });
    await write(...spread(count, service));
    await untilMoved();
    expect((await ask()).total.spans).toBe(count);
    const kept = await ask({ service: 'service 0' });
    expect(kept.total.spans + kept.otherSpans).toBeGreaterThanOrEqual(20);
    await write(...spread(count, (index) => ({ ...service(index), revision: 1 })));
    await untilMoved();
    expect((await ask()).total.spans).toBe(count);
    expect((await ask({}, HOUR_MS)).total.spans).toBe(count);
  });
});
