import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { readExportResponse, readExportResponseJson, readRpcStatus, readRpcStatusJson } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ClientResponse, send } from '../../../test/support/http-client.js';
import { JSON_TYPE, makeRunningSpan, makeSpan, PROTOBUF, toJson, toProtobuf } from '../../../test/support/spans.js';
import { startCollector, type TestCollector } from '../../../test/support/start-collector.js';
import type { CollectorSettings } from '../../settings.js';

let collector: TestCollector;

beforeEach(async () => {
  collector = await startCollector();
});

afterEach(async () => {
  await collector.destroy();
});

async function restart(settings: Partial<CollectorSettings>): Promise<void> {
  await collector.destroy();
  collector = await startCollector(settings);
}

const post = (body: Uint8Array | string, headers: Record<string, string | number>, path = '/v1/traces') =>
  send(`${collector.url}${path}`, { method: 'POST', body, headers });

const storedSpans = async () => (await collector.store.counts()).spans;
const receiver = async () => (await collector.status()).receiver;

/** What differs between the encodings, so that every case runs in both. */
const encodings = [
  {
    name: 'protobuf',
    type: PROTOBUF,
    encode: toProtobuf,
    readResponse: (response: ClientResponse) => readExportResponse(response.body),
    readStatus: (response: ClientResponse) => readRpcStatus(response.body),
  },
  {
    name: 'JSON',
    type: JSON_TYPE,
    encode: toJson,
    readResponse: (response: ClientResponse) => readExportResponseJson(response.text),
    readStatus: (response: ClientResponse) => readRpcStatusJson(response.text),
  },
] as const;

describe.each(encodings)('the OTLP receiver, in $name', ({ type, encode, readResponse, readStatus }) => {
  it.each(['/v1/traces', '/api/public/otel/v1/traces'])('takes spans at %s', async (path) => {
    const span = makeSpan({ name: 'chào' });
    const response = await post(encode(span), type, path);
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe(type['content-type']);
    expect(response.headers['x-slipstream-collector']).toBe('1');
    expect(readResponse(response)).toEqual({ partialSuccess: undefined });
    await vi.waitFor(async () => expect((await collector.store.trace(span.traceId))?.trace.name).toBe('chào'));
  });

  it('takes gzip', async () => {
    expect((await post(gzipSync(encode(makeSpan())), { ...type, 'content-encoding': 'gzip' })).status).toBe(200);
    await vi.waitFor(async () => expect(await storedSpans()).toBe(1));
  });

  it('takes gzip of several members', async () => {
    const body = encode(makeSpan(), makeSpan());
    const halves = [body.subarray(0, 40), body.subarray(40)].map((half) => gzipSync(half));
    expect((await post(Buffer.concat(halves), { ...type, 'content-encoding': 'gzip' })).status).toBe(200);
    await vi.waitFor(async () => expect(await storedSpans()).toBe(2));
  });

  it('takes a content type with parameters, in any case', async () => {
    const contentType = `${type['content-type'].toUpperCase()}; charset=utf-8`;
    const response = await post(encode(makeSpan()), { 'content-type': contentType });
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe(type['content-type']);
  });

  it('answers 200 to a request without spans and keeps nothing', async () => {
    const response = await post(encode(), type);
    expect(response.status).toBe(200);
    expect(readResponse(response)).toEqual({ partialSuccess: undefined });
    expect((await collector.status()).queue.nextId).toBe(1);
  });

  it('refuses one bad span among good ones, says how many and why, and keeps the good ones', async () => {
    const good = [makeSpan(), makeSpan()];
    const response = await post(encode(good[0]!, makeSpan({ traceId: '0'.repeat(32) }), good[1]!), type);
    expect(response.status).toBe(200);
    const { partialSuccess } = readResponse(response);
    expect(partialSuccess?.rejectedSpans).toBe(1n);
    expect(partialSuccess?.errorMessage).toMatch(/^1 span refused: .+ \(1\)$/);
    await vi.waitFor(async () => expect(await storedSpans()).toBe(2));
    expect(await receiver()).toMatchObject({ acceptedSpans: 2, rejectedSpans: 1 });
  });

  it('answers 200 with everything refused when every span is bad', async () => {
    const bad = () => makeSpan({ spanId: '0'.repeat(16) });
    const response = await post(encode(bad(), bad()), type);
    expect(response.status).toBe(200);
    expect(readResponse(response).partialSuccess?.rejectedSpans).toBe(2n);
    expect((await collector.status()).queue.nextId).toBe(1);
  });

  it('answers 400 to a broken body, with the reason', async () => {
    const response = await post(encode(makeSpan()).subarray(0, -5), type);
    expect(response.status).toBe(400);
    expect(response.headers['content-type']).toBe(type['content-type']);
    expect(response.headers['x-slipstream-collector']).toBe('1');
    expect(readStatus(response)).toMatchObject({ code: 3, message: expect.stringMatching(/no trace export: .+/) });
    expect(await receiver()).toMatchObject({ refused: { '400': 1 } });
  });

  it('answers 400 to gzip that is none, that is cut, and that is not declared', async () => {
    const body = encode(makeSpan());
    const gzip = { ...type, 'content-encoding': 'gzip' };
    expect((await post(body, gzip)).status).toBe(400);
    expect((await post(gzipSync(body).subarray(0, -4), gzip)).status).toBe(400);
    expect((await post(gzipSync(body), type)).status).toBe(400);
    expect(readStatus(await post(body, gzip)).message).toContain('gzip');
  });

  it('answers 415 to a content encoding that it does not know', async () => {
    const response = await post(encode(makeSpan()), { ...type, 'content-encoding': 'br' });
    expect(response.status).toBe(415);
    expect(readStatus(response).message).toContain('"br"');
  });

  it('takes a body of exactly the limit and answers 413 to one byte more', async () => {
    const body = encode(makeSpan({ name: 'x'.repeat(1000) }));
    await restart({ maxBodyBytes: body.byteLength });
    expect((await post(body, type)).status).toBe(200);
    const response = await post(Buffer.concat([body, Buffer.from(' ')]), type);
    expect(response.status).toBe(413);
    expect(readStatus(response)).toMatchObject({ code: 8, message: expect.stringContaining('as sent') });
    const chunked = await post(Buffer.concat([body, Buffer.from(' ')]), { ...type, 'transfer-encoding': 'chunked' });
    expect(chunked.status).toBe(413);
  });

  it('takes a decompressed body of exactly the limit and answers 413 to one byte more', async () => {
    const body = encode(makeSpan({ name: 'x'.repeat(1000) }));
    const longer = encode(makeSpan({ name: 'x'.repeat(1001) }));
    await restart({ maxInflatedBytes: body.byteLength });
    const gzip = { ...type, 'content-encoding': 'gzip' };
    expect((await post(gzipSync(body), gzip)).status).toBe(200);
    const response = await post(gzipSync(longer), gzip);
    expect(response.status).toBe(413);
    expect(readStatus(response)).toMatchObject({ code: 8, message: expect.stringContaining('decompressed') });
    expect((await post(longer, type)).status).toBe(413);
  });

  it('cuts off a bomb that inflates a thousandfold, and goes on', async () => {
    await restart({ maxInflatedBytes: 1024 * 1024 });
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.byteLength * 900).toBeLessThan(64 * 1024 * 1024);
    expect((await post(bomb, { ...type, 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await post(encode(makeSpan()), type)).status).toBe(200);
  });

  it('answers 503 with Retry-After while spans cannot be made durable', async () => {
    await restart({ maxQueueBytes: 10 });
    const response = await post(encode(makeSpan()), type);
    expect(response.status).toBe(503);
    expect(Number(response.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(readStatus(response)).toMatchObject({ code: 14, message: expect.stringContaining('queue_full') });
    expect(await receiver()).toMatchObject({ acceptedSpans: 0, refused: { '503': 1 } });
  });

  it('counts running spans apart from completed ones', async () => {
    await post(encode(makeSpan(), makeRunningSpan(), makeRunningSpan()), type);
    expect(await receiver()).toMatchObject({ requests: 1, acceptedSpans: 1, acceptedStarts: 2, rejectedSpans: 0 });
    await vi.waitFor(async () => expect(await collector.store.counts()).toMatchObject({ spans: 1, runningSpans: 2 }));
  });

  it('splits a request that is larger than a record', async () => {
    const spans = Array.from({ length: 9 }, (_, index) => makeSpan({ name: `${index}`.padEnd(2 * 1024 * 1024, 'x') }));
    expect((await post(encode(...spans), type)).status).toBe(200);
    expect((await collector.status()).queue.nextId).toBeGreaterThan(2);
    await vi.waitFor(async () => expect(await storedSpans()).toBe(9), { timeout: 5000 });
  });

  it('refuses one span that is larger than a record, and keeps its neighbour', async () => {
    const response = await post(encode(makeSpan({ name: 'x'.repeat(17 * 1024 * 1024) }), makeSpan()), type);
    expect(response.status).toBe(200);
    expect(readResponse(response).partialSuccess).toMatchObject({
      rejectedSpans: 1n,
      errorMessage: expect.stringContaining('larger than'),
    });
    await vi.waitFor(async () => expect(await storedSpans()).toBe(1));
  });
});

describe('the OTLP receiver', () => {
  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'answers 405 to %s, and says what it allows',
    async (method) => {
      for (const path of ['/v1/traces', '/api/public/otel/v1/traces']) {
        const response = await send(`${collector.url}${path}`, { method });
        expect(response.status).toBe(405);
        expect(response.headers.allow).toBe('POST');
        expect(response.headers['content-type']).toBe('application/json');
        if (method !== 'HEAD') expect(readRpcStatusJson(response.text)).toMatchObject({ code: 12 });
      }
      const body = method === 'PUT' ? { body: toProtobuf(makeSpan()) } : {};
      const typed = await send(`${collector.url}/v1/traces`, { method, headers: PROTOBUF, ...body });
      expect(typed.headers['content-type']).toBe('application/x-protobuf');
    },
  );

  it('reads JSON by the rules of OTLP', async () => {
    const traceId = '5B8EFFF798038103D269B633813FC60C';
    const span = {
      traceId,
      spanId: 'EEE19B7EC3C1B174',
      parentSpanId: '',
      name: 'by the rules',
      kind: 2,
      startTimeUnixNano: '1544712660000000000',
      endTimeUnixNano: 1544712661000000000,
      unknownField: { deeper: [1] },
      span_id: 'ignored',
      attributes: [
        { key: 'whole', value: { intValue: '9007199254740993' } },
        { key: 'number', value: { intValue: 7 } },
        { key: 'bytes', value: { bytesValue: 'AQI=' } },
      ],
      status: { code: 2 },
    };
    const send = (each: object) =>
      post(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [each], x: 1 }] }], y: null }), JSON_TYPE);
    expect(readExportResponseJson((await send(span)).text)).toEqual({ partialSuccess: undefined });
    await vi.waitFor(async () =>
      expect(await collector.store.observation(traceId.toLowerCase(), 'eee19b7ec3c1b174', true)).toMatchObject({
        name: 'by the rules',
        level: 'ERROR',
        metadata: { 'attributes.whole': '9007199254740993', 'attributes.number': '7' },
      }),
    );
    for (const wrong of [{ kind: 'SPAN_KIND_SERVER' }, { traceId: 'W47/95gDgQPSabYzgT/GDA==' }]) {
      const { partialSuccess } = readExportResponseJson((await send({ ...span, ...wrong })).text);
      expect(partialSuccess?.rejectedSpans).toBe(1n);
    }
  });

  it('refuses who may not call in its own form, in the encoding of the request', async () => {
    await restart({ token: 'a-token-of-some-length' });
    const unauthorized = await post(toProtobuf(makeSpan()), PROTOBUF);
    expect([unauthorized.status, unauthorized.headers['content-type']]).toEqual([401, 'application/x-protobuf']);
    expect(readRpcStatus(unauthorized.body)).toMatchObject({ code: 16, message: expect.stringContaining('token') });
    const elsewhere = await post(toJson(makeSpan()), { ...JSON_TYPE, host: 'evil.example' });
    expect(elsewhere.status).toBe(403);
    expect(readRpcStatusJson(elsewhere.text)).toMatchObject({ code: 7, message: expect.stringContaining('host') });
  });

  it.each(['text/plain', 'application/grpc', 'multipart/form-data; boundary=x', 'nonsense'])(
    'answers 415 to the content type %s',
    async (contentType) => {
      const response = await post(toProtobuf(makeSpan()), { 'content-type': contentType });
      expect(response.status).toBe(415);
      expect(response.headers['x-slipstream-collector']).toBe('1');
      expect(readRpcStatusJson(response.text)).toMatchObject({
        code: 3,
        message: expect.stringContaining('content type'),
      });
      expect(await receiver()).toMatchObject({ refused: { '415': 1 } });
    },
  );

  it('answers 415 where there is no content type, with and without a body', async () => {
    expect((await post(toProtobuf(makeSpan()), {})).status).toBe(415);
    expect((await send(`${collector.url}/v1/traces`, { method: 'POST' })).status).toBe(415);
  });

  it('takes an empty protobuf body, which is an empty request, and refuses an empty JSON body, which is none', async () => {
    expect((await post('', PROTOBUF)).status).toBe(200);
    expect((await post('', JSON_TYPE)).status).toBe(400);
  });

  it('puts into the queue what it was sent, byte for byte, when that is protobuf without fault', async () => {
    const body = toProtobuf(makeSpan());
    await post(gzipSync(body), { ...PROTOBUF, 'content-encoding': 'gzip' });
    await vi.waitFor(() => expect(collector.store.batches).toHaveLength(1));
    expect(Buffer.compare(collector.store.batches[0]!.payloads[0]!, body)).toBe(0);
  });

  it('refuses JSON that is not UTF-8', async () => {
    const body = toJson(makeSpan({ name: 'name' }));
    body[body.indexOf('name')] = 0xff;
    expect((await post(body, JSON_TYPE)).status).toBe(400);
  });

  it('cuts off a sender that trickles', async () => {
    await restart({ bodyTimeoutMs: 100 });
    const { hostname, port } = new URL(collector.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100000\r\n\r\nx`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer.toString('latin1').toLowerCase()).toContain('connection: close');
    socket.destroy();
    expect(await receiver()).toMatchObject({ refused: { '408': 1 } });
  });

  it('refuses by a Content-Length that is too large without waiting for the body', async () => {
    await restart({ maxBodyBytes: 1000 });
    const { hostname, port } = new URL(collector.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: 9999999999\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('does not take a body that ends before its Content-Length', async () => {
    const { hostname, port } = new URL(collector.url);
    const socket = connect(Number(port), hostname);
    const body = toProtobuf(makeSpan());
    socket.write(
      `POST /v1/traces HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.byteLength + 1}\r\n\r\n`,
    );
    socket.end(body);
    socket.resume();
    await vi.waitFor(async () => expect((await receiver()).refused).toEqual({ '499': 1 }));
    expect((await collector.status()).queue.nextId).toBe(1);
  });

  it('bounds the bodies of all requests together', async () => {
    const body = toProtobuf(makeSpan({ name: 'x'.repeat(100_000) }));
    await restart({ maxInflatedBytes: body.byteLength, maxInflightBytes: body.byteLength });
    const { hostname, port } = new URL(collector.url);
    const holder = connect(Number(port), hostname);
    holder.write(
      `POST /v1/traces HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${body.byteLength}\r\n\r\n`,
    );
    holder.write(body.subarray(0, 50_000));
    await vi.waitFor(async () => {
      const metrics = (await send(`${collector.url}/metrics`)).text;
      expect(metrics).toContain('slipstream_receiver_inflight_bytes 50000');
    });
    const refused = await post(body, PROTOBUF);
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    holder.end(body.subarray(50_000));
    holder.resume();
    await vi.waitFor(async () => expect((await receiver()).acceptedSpans).toBe(1));
    expect((await post(body, PROTOBUF)).status).toBe(200);
  });

  it('names at most five reasons', async () => {
    const spans = Array.from({ length: 7 }, (_, index) => makeSpan({ name: `${index}` }));
    const body = JSON.parse(toJson(...spans).toString()) as { resourceSpans: { scopeSpans: { spans: object[] }[] }[] };
    const kinds = ['kind', 'flags', 'attributes', 'events', 'links', 'name', 'startTimeUnixNano'];
    body.resourceSpans[0]!.scopeSpans[0]!.spans = spans.map((span, index) => ({
      traceId: span.traceId,
      spanId: span.spanId,
      [kinds[index]!]: { wrong: true },
    }));
    const response = await post(JSON.stringify(body), JSON_TYPE);
    const { partialSuccess } = readExportResponseJson(response.text);
    expect(partialSuccess?.rejectedSpans).toBe(7n);
    expect(partialSuccess?.errorMessage).toMatch(/^7 spans refused: .*, …$/);
    expect(partialSuccess?.errorMessage.match(/\(1\)/g)).toHaveLength(5);
  });
});
