import { apiErrorSchema, seriesSchema } from '@slipstream/query-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../test/support/http-client.js';
import { startCollector, type TestCollector } from '../../test/support/start-collector.js';

let collector: TestCollector;

beforeAll(async () => {
  collector = await startCollector();
});

afterAll(async () => {
  await collector.destroy();
});

const get = (query: string) => send(`${collector.url}/api/v1/series${query}`);

describe('GET /api/v1/series', () => {
  it('answers with points of the last day, which no browser keeps', async () => {
    const response = await get('');
    expect(response.headers['cache-control']).toBe('no-store');
    const { points, stepMs, total } = seriesSchema.parse(response.json());
    expect(stepMs).toBe(600_000);
    expect(points.length).toBeGreaterThanOrEqual(145);
    expect(total).toMatchObject({ spans: 0, p50Ms: null });
  });

  it('asks the store for what the query names', async () => {
    const filter = { service: 'a b', environment: 'live', type: 'generation', name: "it's" };
    const params = new URLSearchParams({ ...filter, fromUs: '0', toUs: '60000000', stepMs: '60000' });
    expect((await get(`?${params}`)).status).toBe(200);
    const request = { ...filter, fromMs: 0, toMs: 120_000, stepMs: 60_000 };
    expect(collector.store.seriesRequests.at(-1)).toEqual(request);
  });

  it.each([
    ['fromUs=', 'fromUs: must be microseconds since 1970, in digits'],
    ['fromUs=-1', 'fromUs: must be microseconds since 1970, in digits'],
    ['toUs=1e9', 'toUs: must be microseconds since 1970, in digits'],
    ['toUs=9007199254740992', 'toUs: must be microseconds since 1970, in digits'],
    ['fromUs=1&fromUs=2', 'fromUs: must be microseconds since 1970, in digits'],
    ['fromUs=2&toUs=1', 'fromUs: must not be after toUs'],
    ['service=', 'service: must not be empty; leave it out to see all'],
    ['environment=', 'environment: must not be empty; leave it out to see all'],
    ['name=', 'name: must not be empty; leave it out to see all'],
    [`name=${'x'.repeat(1001)}`, 'name: '],
    ['type=', 'type: '],
    ['type=lesson', 'type: '],
    ['stepMs=0', 'stepMs: must be a multiple of 60000, a minute'],
    ['stepMs=90000', 'stepMs: must be a multiple of 60000, a minute'],
    ['stepMs=1m', 'stepMs: must be milliseconds, in digits'],
    ['stepMs=60000', 'stepMs: gives 1441 points of at most 500; take 600000'],
    ['from=1', 'from'],
    ['step=60000', 'step'],
    ['service[constructor]=x', 'service[constructor]'],
  ])('answers 400 to ?%s', async (query, message) => {
    const response = await get(`?${query}`);
    expect(response.status).toBe(400);
    const { error } = apiErrorSchema.parse(response.json());
    expect(error.code).toBe('invalid_query');
    expect(error.message).toContain(message);
  });
});
