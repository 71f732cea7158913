import type { Series, SeriesTotal } from '@slipstream/query-api';
import { ATTRIBUTE } from '@slipstream/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SeriesRequest } from '../series.js';
import { StoreFixture } from './fixture.js';
import type { CreateHarness } from './harness.js';
import { EPOCH_US, type SpanSpec } from './payloads.js';

const EPOCH_MS = EPOCH_US / 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MINUTE_US = MINUTE_MS * 1000;

const EMPTY: SeriesTotal = {
  spans: 0,
  errors: 0,
  p50Ms: null,
  p90Ms: null,
  p95Ms: null,
  p99Ms: null,
  costUsd: 0,
  totalTokens: 0,
};

/** Volume and percentiles over time. */
export function describeSeries(createHarness: CreateHarness): void {
  const suite = new StoreFixture(createHarness);

  const ask = (request: Partial<SeriesRequest> = {}): Promise<Series> =>
    suite.store.series({ fromMs: EPOCH_MS, toMs: EPOCH_MS + HOUR_MS, stepMs: MINUTE_MS, ...request });

  const total = async (request: Partial<SeriesRequest> = {}): Promise<SeriesTotal> => (await ask(request)).total;

  /** Spans of each minute that has any, by its number. */
  const volume = ({ points }: Series): Record<string, number> =>
    Object.fromEntries(
      points.filter(({ spans }) => spans > 0).map(({ startMs, spans }) => [(startMs - EPOCH_MS) / MINUTE_MS, spans]),
    );

  const costly = (fields: Partial<SpanSpec>, level: string, cost: number, tokens: number): SpanSpec => ({
    trace: 1,
    span: 1,
    ...fields,
    attributes: {
      [ATTRIBUTE.observationType]: 'generation',
      [ATTRIBUTE.observationLevel]: level,
      [ATTRIBUTE.observationCostDetails]: `{"total":${cost}}`,
      [ATTRIBUTE.observationUsageDetails]: `{"input":${tokens}}`,
    },
  });

  describe('sums over time', () => {
    beforeEach(suite.open);
    afterEach(suite.dispose);

    test('have a point for each step, also where nothing is', async () => {
      const series = await ask({ toMs: EPOCH_MS + 3 * MINUTE_MS });
      const points = [0, 1, 2].map((minute) => ({ startMs: EPOCH_MS + minute * MINUTE_MS, ...EMPTY }));
      expect(series).toEqual({ stepMs: MINUTE_MS, points, total: EMPTY, otherSpans: 0 });
    });

    test('count ended observations where they began, with errors, costs and tokens', async () => {
      await suite.write(
        costly({ span: 1, startUs: 0 }, 'ERROR', 0.5, 10),
        costly({ span: 2, startUs: MINUTE_US - 1, durationUs: 3 * MINUTE_US }, 'DEFAULT', 0.25, 5),
        costly({ span: 3, startUs: MINUTE_US }, 'WARNING', 1, 1),
        { trace: 1, span: 4, startUs: 2 * MINUTE_US, running: true },
      );
      const { points, total: all } = await ask({ toMs: EPOCH_MS + 3 * MINUTE_MS });
      expect(points).toMatchObject([
        { spans: 2, errors: 1, costUsd: 0.75, totalTokens: 15 },
        { spans: 1, errors: 0, costUsd: 1, totalTokens: 1 },
        EMPTY,
      ]);
      expect(all).toMatchObject({ spans: 3, errors: 1, costUsd: 1.75, totalTokens: 16 });
    });

    test('leave out what begins before or behind the range', async () => {
      await suite.write(
        { trace: 1, span: 1, startUs: -1 },
        { trace: 1, span: 2, startUs: 0 },
        { trace: 1, span: 3, startUs: 5 * MINUTE_US - 1 },
        { trace: 1, span: 4, startUs: 5 * MINUTE_US },
      );
      expect(volume(await ask({ toMs: EPOCH_MS + 5 * MINUTE_MS }))).toEqual({ 0: 1, 4: 1 });
      expect(volume(await ask({ toMs: EPOCH_MS + 10 * MINUTE_MS, stepMs: 5 * MINUTE_MS }))).toEqual({ 0: 2, 5: 1 });
    });

    test('are the same in steps of hours and of days', async () => {
      const hours = [0, 1, 1, 23, 24, 47];
      await suite.write(
        ...hours.map((hour, index) => ({ trace: index, span: 1, startUs: hour * 60 * MINUTE_US + index })),
      );
      const twoDays = { toMs: EPOCH_MS + 48 * HOUR_MS };
      const byHour = await ask({ ...twoDays, stepMs: HOUR_MS });
      expect(volume(byHour)).toEqual({ 0: 1, 60: 2, 1380: 1, 1440: 1, 2820: 1 });
      const byDay = await ask({ ...twoDays, stepMs: 24 * HOUR_MS });
      expect(volume(byDay)).toEqual({ 0: 4, 1440: 2 });
      expect(byDay.total).toEqual(byHour.total);
    });

    test('count what comes twice once, and start and end of a span as one', async () => {
      await suite.write({ trace: 1, span: 1, running: true }, { trace: 1, span: 2 });
      await suite.write({ trace: 1, span: 1 }, { trace: 1, span: 2 });
      await suite.write({ trace: 1, span: 1 }, { trace: 1, span: 1, running: true });
      expect(await total()).toMatchObject({ spans: 2 });
    });

    test('count a revision in the place of the version before, at its own time and by its own name', async () => {
      const first = costly({ name: 'old', startUs: 0, durationUs: 1000 }, 'ERROR', 2, 7);
      const second = costly({ name: 'new', startUs: MINUTE_US, durationUs: 9000, revision: 1 }, 'DEFAULT', 3, 8);
      await suite.write(first, { trace: 1, span: 2, name: 'other', startUs: 0 });
      await suite.write(second);
      expect(volume(await ask())).toEqual({ 0: 1, 1: 1 });
      expect(await total({ name: 'old' })).toEqual(EMPTY);
      expect(await total({ name: 'new' })).toMatchObject({ spans: 1, errors: 0, costUsd: 3, totalTokens: 8 });
      await suite.write({ ...second, revision: 3, durationUs: 90_000 }, { ...first, revision: 2 });
      expect(await total()).toMatchObject({ spans: 2, errors: 0, costUsd: 3 });
      expect((await total({ name: 'new' })).p50Ms).toBeCloseTo(90, -1);
    });

    test('are there after a crash, as often as the spans', async () => {
      await suite.write({ trace: 1, span: 1 }, { trace: 1, span: 2, startUs: 61 * MINUTE_US });
      await suite.harness.crash();
      await suite.reopen();
      await suite.write({ trace: 1, span: 1 }, { trace: 1, span: 3 });
      const request = { toMs: EPOCH_MS + 2 * HOUR_MS };
      expect(volume(await ask(request))).toEqual({ 0: 2, 61: 1 });
      expect(volume(await ask({ ...request, stepMs: HOUR_MS }))).toEqual({ 0: 2, 60: 1 });
    });

    test('forget the time before the first trace that is left', async () => {
      await suite.write({ trace: 1, span: 1, startUs: 0 }, { trace: 2, span: 1, startUs: 5 * MINUTE_US });
      await suite.store.prune({ beforeUs: EPOCH_US + MINUTE_US });
      expect(volume(await ask())).toEqual({ 5: 1 });
      await suite.store.prune({ beforeUs: EPOCH_US + 10 * MINUTE_US });
      expect(await total()).toEqual(EMPTY);
    });
  });

  describe('percentiles over time', () => {
    beforeAll(async () => {
      await suite.open();
      // 1 µs to some 17 minutes, each a little longer than the one before.
      const durationsUs = Array.from({ length: 1000 }, (_, index) => Math.floor(1.021 ** index));
      await suite.write(
        ...durationsUs.map((durationUs, index) => ({ trace: 1, span: index + 1, durationUs, startUs: 7 })),
        ...[0, 3, 3].map((durationUs, index) => ({ trace: 2, span: index + 1, durationUs, startUs: MINUTE_US })),
      );
    });
    afterAll(suite.dispose);

    test('are at most 5 % off, of any length', async () => {
      const { points } = await ask({ toMs: EPOCH_MS + MINUTE_MS });
      for (const [key, index] of [
        ['p50Ms', 499],
        ['p90Ms', 899],
        ['p95Ms', 949],
        ['p99Ms', 989],
      ] as const) {
        const exactMs = Math.floor(1.021 ** index) / 1000;
        expect(Math.abs((points[0]?.[key] ?? 0) - exactMs) / exactMs).toBeLessThanOrEqual(0.05);
      }
    });

    test('of few are those of single observations, and of none are not there', async () => {
      const { points } = await ask({ fromMs: EPOCH_MS + MINUTE_MS, toMs: EPOCH_MS + 3 * MINUTE_MS });
      expect(points[0]?.p50Ms).toBeCloseTo(0.003, 3);
      expect(points[0]?.p99Ms).toEqual(points[0]?.p50Ms);
      expect(points[1]).toMatchObject(EMPTY);
    });

    test('of all points are those of their observations, not of their percentiles', async () => {
      const { points, total: all } = await ask({ toMs: EPOCH_MS + 2 * MINUTE_MS });
      expect(all.spans).toBe(1003);
      expect(Math.abs((all.p90Ms ?? 0) / (points[0]?.p90Ms ?? 0) - 1)).toBeLessThan(0.15);
    });
  });

  describe('filters of sums over time', () => {
    const environment = (name: string) => ({ attributes: { [ATTRIBUTE.environment]: name } });
    beforeAll(async () => {
      await suite.open();
      await suite.write(
        { trace: 1, span: 1, service: 'a', name: 'x', ...environment('test') },
        { trace: 1, span: 2, service: 'a', name: "y' OR 1=1 --", ...environment('live') },
        { trace: 1, span: 3, service: 'b', name: 'x' },
        { trace: 1, span: 4, service: 'b', name: 'x', attributes: { [ATTRIBUTE.observationType]: 'tool' } },
      );
    });
    afterAll(suite.dispose);

    test.each<[string, Partial<SeriesRequest>, number]>([
      ['nothing', {}, 4],
      ['the service', { service: 'a' }, 2],
      ['the environment', { environment: 'live' }, 1],
      ['the type', { type: 'tool' }, 1],
      ['the name', { name: 'x' }, 3],
      ['a hostile name', { name: "y' OR 1=1 --" }, 1],
      ['all of them', { service: 'b', type: 'span', name: 'x' }, 1],
      ['what nobody has', { service: 'c' }, 0],
    ])('find by %s', async (_, filter, spans) => {
      expect(await ask(filter)).toMatchObject({ total: { spans }, otherSpans: 0 });
      const inDays = { fromMs: EPOCH_MS, toMs: EPOCH_MS + 24 * HOUR_MS, stepMs: 24 * HOUR_MS };
      expect(await total({ ...filter, ...inDays })).toMatchObject({ spans });
    });
  });
}
