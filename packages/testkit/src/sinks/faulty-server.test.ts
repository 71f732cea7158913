import { gzipSync } from 'node:zlib';
import {
  COLLECTOR_HEADER,
  encodeExportRequest,
  readExportResponse,
  readRpcStatus,
  writeExportRequestJson,
} from '@slipstream/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { generateExportRequest } from '../spans/generate-export-request.js';
import { createFaultyServer, createOtlpSink, type FaultyServer, type FaultyServerOptions } from './faulty-server.js';

const servers: FaultyServer[] = [];

async function start(options: FaultyServerOptions = {}): Promise<FaultyServer> {
  const server = await createFaultyServer(options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const BODY = encodeExportRequest(generateExportRequest({ seed: 'sink' }));

function post(server: FaultyServer, body: Uint8Array | string = BODY, headers: Record<string, string> = {}) {
  return fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...headers },
    body: body as BodyInit,
  });
}

const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

describe('createOtlpSink', () => {
  it('acknowledges and keeps what it reads', async () => {
    const sink = await createOtlpSink();
    servers.push(sink);
    const answer = await post(sink);
    expect(answer.status).toBe(200);
    expect(readExportResponse(await bytesOf(answer))).toEqual({ partialSuccess: undefined });
    expect(sink.stats()).toMatchObject({ requests: 1, bodyBytes: BODY.length, decodedBytes: BODY.length, spans: 7 });
    expect(sink.spans().map((span) => span.name)).toContain('lesson.reply');
  });

  it('reads gzip and JSON', async () => {
    const sink = await start();
    const packed = gzipSync(BODY);
    expect((await post(sink, packed, { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(sink.stats()).toMatchObject({ bodyBytes: packed.length, decodedBytes: BODY.length });
    const json = writeExportRequestJson(generateExportRequest({ seed: 'json' }));
    expect((await post(sink, json, { 'content-type': 'application/json' })).status).toBe(200);
    expect(sink.stats().spans).toBe(14);
  });

  it('tells a span that came twice from two spans', async () => {
    const sink = await start({ keep: 'ids' });
    await post(sink);
    await post(sink);
    expect(sink.stats().spans).toBe(14);
    expect(sink.uniqueSpanCount()).toBe(7);
    expect(sink.spans()).toEqual([]);
  });

  it('keeps nothing when it only counts, and no more than its limit otherwise', async () => {
    const counting = await start({ keep: 'counts' });
    const limited = await start({ maxKeptCount: 5 });
    await post(counting);
    await post(limited);
    expect([counting.stats().spans, counting.uniqueSpanCount()]).toEqual([7, 0]);
    expect([limited.stats().spans, limited.spans().length]).toEqual([7, 5]);
  });

  it('counts starts of spans apart', async () => {
    const sink = await start();
    await post(sink, encodeExportRequest(generateExportRequest({ isRunning: true })));
    expect(sink.stats()).toMatchObject({ spans: 6, runningSpans: 1 });
  });

  it('takes the path of Langfuse, and no other', async () => {
    const sink = await start();
    const headers = { 'content-type': 'application/x-protobuf' };
    const langfuse = `${sink.url}/api/public/otel/v1/traces`;
    expect((await fetch(langfuse, { method: 'POST', headers, body: BODY as BodyInit })).status).toBe(200);
    expect((await fetch(`${sink.url}/v1/logs`, { method: 'POST', headers, body: BODY as BodyInit })).status).toBe(404);
    expect((await fetch(`${sink.url}/v1/traces`)).status).toBe(404);
  });

  it('makes itself known as a collector when asked to, and takes the books', async () => {
    const sink = await start({ asCollector: true });
    expect((await post(sink)).headers.get(COLLECTOR_HEADER)).toBe('1');
    expect((await post(await start())).headers.get(COLLECTOR_HEADER)).toBeNull();
    const books = await fetch(`${sink.url}/v1/slipstream/books`, { method: 'POST', body: '{"started":3}' });
    expect(books.status).toBe(200);
    expect(sink.books()).toEqual([{ started: 3 }]);
  });

  it('refuses a broken body, an unknown type and one over the limit, and counts them', async () => {
    const sink = await start({ maxBodyBytes: BODY.length, maxDecodedBytes: 2_000 });
    expect((await post(sink, BODY.subarray(0, BODY.length - 3))).status).toBe(400);
    expect((await post(sink, 'x', { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await post(sink, new Uint8Array([...BODY, 0]))).status).toBe(413);
    expect((await post(sink, gzipSync(BODY), { 'content-encoding': 'gzip' })).status).toBe(400);
    expect(sink.stats()).toMatchObject({ badRequests: 4, spans: 0 });
    expect((await post(sink)).status).toBe(200);
  });
});

describe('createFaultyServer', () => {
  it('answers by its script, then as otherwise', async () => {
    const server = await start({
      script: [
        { kind: 'status', status: 503, retryAfter: '2', message: 'busy' },
        { kind: 'partial-success', rejectedSpans: 1, message: 'one bad' },
      ],
    });
    const busy = await post(server);
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '2']);
    expect(readRpcStatus(await bytesOf(busy)).message).toBe('busy');
    expect(readExportResponse(await bytesOf(await post(server)))).toEqual({
      partialSuccess: { rejectedSpans: 1n, errorMessage: 'one bad' },
    });
    expect((await post(server)).status).toBe(200);
    expect(server.stats()).toMatchObject({ requests: 3, spans: 14, unacknowledgedSpans: 7 });
  });

  it('cuts the connection', async () => {
    const server = await start({ script: [{ kind: 'reset' }] });
    await expect(post(server)).rejects.toThrow();
    expect(server.stats()).toMatchObject({ requests: 1, unacknowledgedSpans: 7 });
  });

  it('hangs until the client gives up, and closes all the same', async () => {
    const server = await start({ otherwise: { kind: 'hang' } });
    const hanging = fetch(`${server.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: BODY as BodyInit,
    }).catch((error: unknown) => error);
    await expect.poll(() => server.stats().unacknowledgedSpans).toBe(7);
    await server.close();
    expect(await hanging).toBeInstanceOf(Error);
  });

  it('sends its body slowly, or late', async () => {
    const server = await start({
      script: [
        { kind: 'slow-body', durationMs: 80 },
        { kind: 'delay', delayMs: 80 },
      ],
    });
    for (let round = 0; round < 2; round++) {
      const startMs = performance.now();
      const answer = await post(server);
      readExportResponse(await bytesOf(answer));
      expect(performance.now() - startMs).toBeGreaterThanOrEqual(75);
    }
    expect(server.stats().spans).toBe(14);
  });

  it('answers with bytes that are no response', async () => {
    const server = await start({ script: [{ kind: 'garbage' }] });
    const bytes = await bytesOf(await post(server));
    expect(() => readExportResponse(bytes)).toThrow();
  });

  it('cuts its answer off, or never ends it', async () => {
    const server = await start({ script: [{ kind: 'reset-in-body' }, { kind: 'endless-body', intervalMs: 5 }] });
    const cut = await post(server);
    expect(cut.status).toBe(200);
    await expect(cut.arrayBuffer()).rejects.toThrow();
    const endless = await post(server);
    const reader = endless.body?.getReader();
    for (let bytes = 0; bytes < 3; ) bytes += (await reader?.read())?.value?.length ?? 3;
    await reader?.cancel();
    expect(server.stats().spans).toBe(14);
  });

  it('sends a client elsewhere, and answers in any other words', async () => {
    const server = await start({
      script: [
        { kind: 'redirect', status: 308, location: 'http://127.0.0.1:9/' },
        { kind: 'text', status: 418, contentType: 'text/plain', text: 'short and stout' },
      ],
    });
    const moved = await fetch(`${server.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: BODY as BodyInit,
      redirect: 'manual',
    });
    expect([moved.status, moved.headers.get('location')]).toEqual([308, 'http://127.0.0.1:9/']);
    const teapot = await post(server);
    expect([teapot.status, await teapot.text()]).toEqual([418, 'short and stout']);
    expect(server.stats()).toMatchObject({ spans: 0, unacknowledgedSpans: 14 });
  });

  it('decides by what arrived', async () => {
    const server = await start({
      decide: (spans) => (spans.length > 1 ? { kind: 'status', status: 413 } : undefined),
    });
    expect((await post(server)).status).toBe(413);
    expect((await post(server, encodeExportRequest({ resourceSpans: [] }))).status).toBe(200);
  });

  it('takes more answers later, and shows each request to its observer', async () => {
    const seen: string[] = [];
    const server = await start({ onExport: ({ path, answer }) => seen.push(`${path} ${answer.kind}`) });
    server.enqueue({ kind: 'status', status: 429 });
    expect((await post(server)).status).toBe(429);
    expect((await post(server)).status).toBe(200);
    expect(seen).toEqual(['/v1/traces status', '/v1/traces ok']);
  });
});
