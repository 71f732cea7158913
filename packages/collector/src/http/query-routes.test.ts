import {
  apiErrorSchema,
  facetsSchema,
  observationDetailSchema,
  statusSchema,
  traceDetailSchema,
  traceListSchema,
} from '@slipstream/query-api';
import { encodeExportRequest } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send } from '../../test/support/http-client.js';
import { makeRequest, makeSpan, newTraceId, toProtobuf } from '../../test/support/spans.js';
import { startCollector, type TestCollector } from '../../test/support/start-collector.js';

let collector: TestCollector;
const span = makeSpan({ name: 'lesson', attributes: { 'langfuse.observation.input': 'a text of some length' } });

beforeEach(async () => {
  collector = await startCollector();
  await collector.store.write({ payloads: [toProtobuf(span)], cursor: 0 });
});

afterEach(async () => {
  await collector.destroy();
});

const get = (path: string) => send(`${collector.url}${path}`);

describe('the read API', () => {
  it('lists traces', async () => {
    const list = traceListSchema.parse((await get('/api/v1/traces?name=lesson&limit=500')).json());
    expect(list.traces.map(({ traceId }) => traceId)).toEqual([span.traceId]);
    expect(traceListSchema.parse((await get('/api/v1/traces?name=other')).json()).traces).toEqual([]);
  });

  it('gives one trace, by an id of either case', async () => {
    const response = await get(`/api/v1/traces/${span.traceId.toUpperCase()}`);
    const detail = traceDetailSchema.parse(response.json());
    expect(detail.observations.map(({ spanId }) => spanId)).toEqual([span.spanId]);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('gives one observation, cut or in full', async () => {
    const path = `/api/v1/traces/${span.traceId}/observations/${span.spanId}`;
    expect(observationDetailSchema.parse((await get(path)).json()).input?.text).toBe('a text of ');
    expect(observationDetailSchema.parse((await get(`${path}?full=1`)).json()).input?.text).toBe(
      'a text of some length',
    );
  });

  it('gives facets and status', async () => {
    expect(facetsSchema.parse((await get('/api/v1/facets')).json()).names).toEqual([{ value: 'lesson', count: 1 }]);
    expect(statusSchema.parse((await get('/api/v1/status')).json()).store).toMatchObject({ spans: 1, traces: 1 });
  });

  it.each([
    ['/api/v1/traces?limit=0', 'invalid_query'],
    ['/api/v1/traces?limit=501', 'invalid_query'],
    ['/api/v1/traces?level=LOUD', 'invalid_query'],
    ['/api/v1/traces?fromUs=yesterday', 'invalid_query'],
    [`/api/v1/traces?text=${'x'.repeat(501)}`, 'invalid_query'],
    [`/api/v1/traces?${'metadata=a:b&'.repeat(9)}`, 'invalid_query'],
    ['/api/v1/traces/xyz', 'invalid_id'],
    [`/api/v1/traces/${'0'.repeat(31)}`, 'invalid_id'],
    [`/api/v1/traces/${'g'.repeat(32)}`, 'invalid_id'],
    [`/api/v1/traces/${'a'.repeat(32)}/observations/${'b'.repeat(17)}`, 'invalid_id'],
    [`/api/v1/traces/${'a'.repeat(32)}/observations/${'b'.repeat(16)}?full=yes`, 'invalid_query'],
  ])('answers 400 to %s', async (path, code) => {
    const response = await get(path);
    expect(response.status).toBe(400);
    expect(apiErrorSchema.parse(response.json()).error.code).toBe(code);
  });

  it.each([
    [`/api/v1/traces/${newTraceId()}`, 'trace_not_found'],
    [`/api/v1/traces/${span.traceId}/observations/${'b'.repeat(16)}`, 'observation_not_found'],
    ['/api/v1/nothing', 'not_found'],
    ['/api/v2/traces', 'not_found'],
  ])('answers 404 to %s', async (path, code) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(apiErrorSchema.parse(response.json()).error.code).toBe(code);
  });

  it.each([
    ['invalid_cursor', 400, 'invalid_cursor'],
    ['query_timeout', 503, 'query_timeout'],
    ['query_overload', 503, 'query_overload'],
    ['store_worker_died', 503, 'store_restarting'],
  ])("turns the store's %s into %i", async (code, status, answer) => {
    collector.store.before = () => {
      throw Object.assign(new TypeError('why'), { code });
    };
    const response = await get('/api/v1/traces');
    expect(response.status).toBe(status);
    expect(apiErrorSchema.parse(response.json()).error).toEqual({ code: answer, message: 'why' });
  });

  it('logs what it did not expect and tells the caller nothing of it', async () => {
    collector.store.before = () => {
      throw new TypeError('a secret of the inside');
    };
    const response = await get('/api/v1/traces');
    expect(response.status).toBe(500);
    expect(apiErrorSchema.parse(response.json()).error.code).toBe('internal');
    expect(response.text).not.toContain('secret');
    expect(collector.lines).toEqual([expect.stringContaining('a secret of the inside')]);
  });

  it('does not take a text of a trace for anything but text', async () => {
    const name = '<script>alert(1)</script>';
    const payload = encodeExportRequest(makeRequest([makeSpan({ name })]));
    await collector.store.write({ payloads: [payload], cursor: 0 });
    const response = await get('/api/v1/traces');
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.headers['x-content-type-options']).toBe('nosniff');
  });
});
