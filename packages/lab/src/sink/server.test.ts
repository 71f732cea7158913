import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Sink, startSink } from './server.js';

let sink: Sink;
beforeEach(async () => {
  sink = await startSink();
});
afterEach(() => sink.close());

const spans = (...ids: string[]): string =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: ids.map((spanId) => ({ spanId })) }] }] });

function send(path: string, body: string | Buffer, headers: Record<string, string>): Promise<Response> {
  return fetch(`${sink.url}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers,
  });
}

const JSON_HEADERS = { 'content-type': 'application/json' };

test('spans sent twice are received twice and delivered once', async () => {
  await send('/v1/traces', spans('01', '02'), JSON_HEADERS);
  await send('/api/public/otel/v1/traces', spans('02', '03'), JSON_HEADERS);
  expect(sink.counts()).toMatchObject({ distinctSpans: 3, spans: 4, requests: 2, malformed: 0 });
});

test('a compressed body is counted by what is in it', async () => {
  const body = spans('01', '02', '03');
  const compressed = gzipSync(body);
  await send('/v1/traces', compressed, { ...JSON_HEADERS, 'content-encoding': 'gzip' });
  expect(sink.counts()).toMatchObject({ distinctSpans: 3, wireBytes: compressed.length, bodyBytes: body.length });
});

test('a Datadog tracer gets the answers that it expects of an agent', async () => {
  const body = Buffer.from([0x91, 0x91, 0x81, 0xa7, ...Buffer.from('span_id'), 0x07]);
  const response = await send('/v0.4/traces', body, { 'content-type': 'application/msgpack' });
  expect(await response.json()).toHaveProperty('rate_by_service');
  expect(await (await fetch(`${sink.url}/info`)).json()).toHaveProperty('endpoints');
  expect(sink.counts()).toMatchObject({ distinctSpans: 1, otherRequests: 1 });
});

test('answers are in the encoding of the request and without the header of a collector', async () => {
  const response = await send('/v1/traces', Buffer.alloc(0), { 'content-type': 'application/x-protobuf' });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-protobuf');
  expect([...response.headers.keys()].filter((name) => name.includes('slipstream'))).toEqual([]);
});

test('a body that cannot be read is counted as malformed and the sink goes on', async () => {
  await send('/v1/traces', Buffer.from([10, 99]), { 'content-type': 'application/x-protobuf' });
  await send('/v1/traces', 'not gzip', { ...JSON_HEADERS, 'content-encoding': 'gzip' });
  await send('/v1/traces', spans('01'), JSON_HEADERS);
  expect(sink.counts()).toMatchObject({ distinctSpans: 1, malformed: 2 });
});

test('a reset forgets what came', async () => {
  await send('/v1/traces', spans('01'), JSON_HEADERS);
  sink.reset();
  expect(sink.counts()).toMatchObject({ distinctSpans: 0, spans: 0, requests: 0, bodyBytes: 0 });
});

test.each([
  ['/api/public/ingestion', 207, { batch: [{ type: 'span-update', body: { id: '01' } }] }],
  ['/opik/api/v1/private/spans/batch', 204, { spans: [{ id: '01', end_time: 'now' }] }],
  ['/api/1/envelope/?sentry_key=lab', 200, { items: [{ span_id: '01' }] }],
  ['/braintrust/logs3', 200, { rows: [{ span_id: '01', metrics: { end: 1 } }] }],
])('%s is answered as its own server would, and counted', async (path, status, body) => {
  expect((await send(path, JSON.stringify(body), JSON_HEADERS)).status).toBe(status);
  expect(sink.counts()).toMatchObject({ distinctSpans: 1, requests: 1, malformed: 0 });
});

test('LangSmith is told what the server can do, and its compressed runs are counted', async () => {
  const info = (await (await fetch(`${sink.url}/langsmith/info`)).json()) as { instance_flags: object };
  expect(info.instance_flags).toMatchObject({ gzip_body_enabled: true });
  const body = gzipSync('--x\r\nContent-Disposition: form-data; name="post.01.outputs"\r\n\r\n{}\r\n--x--');
  const headers = { 'content-type': 'multipart/form-data; boundary=x', 'content-encoding': 'gzip' };
  expect((await send('/langsmith/runs/multipart', body, headers)).status).toBe(202);
  expect(sink.counts()).toMatchObject({ distinctSpans: 1, otherRequests: 1 });
});

test('the end of an Opik span may come in an update of its own', async () => {
  const init = { method: 'PATCH', body: JSON.stringify({ end_time: 'now' }), headers: JSON_HEADERS };
  await fetch(`${sink.url}/opik/api/v1/private/spans/01`, init);
  expect(sink.counts().distinctSpans).toBe(1);
});

test('a Braintrust client is let in, and told of its project', async () => {
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${sink.url}/braintrust/${path}`, { method: 'POST' })).json();
  expect(await ask('api/apikey/login')).toMatchObject({ org_info: [{ name: 'lab' }] });
  expect(await ask('api/project/register')).toMatchObject({ project: { id: 'lab' } });
  expect(sink.counts()).toMatchObject({ requests: 0, otherRequests: 2 });
});
