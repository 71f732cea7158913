/** What every receiver must withstand; what it means for each is said beside its entry in the table. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Observation } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { send } from '../../test/support/http-client.js';
import { JSON_TYPE, makeSpan, PROTOBUF, toJson, toProtobuf } from '../../test/support/spans.js';
import { startCollector, type TestCollector } from '../../test/support/start-collector.js';
import type { CollectorSettings } from '../settings.js';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const INGESTION = '/api/public/ingestion';
const BOOKS = '/v1/slipstream/books';
const SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'`{{7*7}}\u2028';

let collector: TestCollector;

beforeEach(async () => {
  collector = await startCollector({ grpcPort: 0 });
});

afterEach(() => collector.destroy());

async function restart(settings: Partial<CollectorSettings>): Promise<void> {
  await collector.destroy();
  collector = await startCollector({ grpcPort: 0, ...settings });
}

async function post(path: string, body: string | Buffer, headers: Record<string, string>): Promise<number> {
  return (await send(`${collector.url}${path}`, { body, headers })).status;
}

/** Takes everything that is usual, as before. */
async function expectAlive(): Promise<void> {
  expect(await post('/v1/traces', toProtobuf(makeSpan()), PROTOBUF)).toBe(200);
  expect(await post(INGESTION, '{"batch":[]}', JSON_TYPE)).toBe(207);
  expect(await callGrpc(toProtobuf(makeSpan()))).toBe('0');
  expect(collector.lines).toEqual([]);
}

function callGrpc(message: Buffer, isGzip = false): Promise<string> {
  const session = connectHttp2(collector.grpcUrl ?? '');
  const encoding = isGzip ? { 'grpc-encoding': 'gzip' } : {};
  const stream = session.request({
    ':method': 'POST',
    ':path': EXPORT,
    'content-type': 'application/grpc',
    ...encoding,
  });
  const prefix = Buffer.alloc(5);
  prefix[0] = isGzip ? 1 : 0;
  prefix.writeUInt32BE(message.byteLength, 1);
  return new Promise((resolve, reject) => {
    let status = '';
    const note = (headers: { [name: string]: unknown }): void => {
      status = String(headers['grpc-status'] ?? status);
    };
    stream.on('response', note).on('trailers', note).on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve(status);
    });
    stream.resume();
    stream.end(Buffer.concat([prefix, message]));
  });
}

function event(body: object, type = 'span-create'): object {
  return { id: randomUUID(), type, timestamp: '2026-01-01T00:00:00.000Z', body };
}

async function stored(name: string): Promise<Observation> {
  return vi.waitFor(() => {
    for (const rows of collector.store.traces.values()) {
      for (const { observation } of rows.values()) if (observation.name === name) return observation;
    }
    throw new TypeError(`nothing is stored by the name of ${name}`);
  });
}

describe('a bomb that inflates a thousandfold, of one gzip member or of many', () => {
  const member = gzipSync(Buffer.alloc(8 * 1024 * 1024));
  const bombs = [member, Buffer.concat(Array.from({ length: 20 }, () => gzipSync(Buffer.alloc(200 * 1024))))];

  it.each([
    ['OTLP as protobuf', '/v1/traces', PROTOBUF],
    ['OTLP as JSON', '/v1/traces', JSON_TYPE],
    ['the ingestion', INGESTION, JSON_TYPE],
  ])('is cut off by %s with 413', async (_, path, type) => {
    await restart({ maxInflatedBytes: 1024 * 1024 });
    for (const bomb of bombs) expect(await post(path, bomb, { ...type, 'content-encoding': 'gzip' })).toBe(413);
    await expectAlive();
  });

  it('is cut off by gRPC with RESOURCE_EXHAUSTED', async () => {
    await restart({ maxInflatedBytes: 1024 * 1024 });
    for (const bomb of bombs) expect(await callGrpc(bomb, true)).toBe('8');
    await expectAlive();
  });

  it('is not inflated by the books', async () => {
    for (const bomb of bombs) {
      expect([400, 413, 415]).toContain(
        await post(BOOKS, bomb.subarray(0, 60_000), { ...JSON_TYPE, 'content-encoding': 'gzip' }),
      );
    }
    await expectAlive();
  });
});

describe('JSON that is nested deeper than a stack', () => {
  const DEPTH = 500_000;
  const deep = '['.repeat(DEPTH) + ']'.repeat(DEPTH);

  it.each([
    ['OTLP', '/v1/traces', deep],
    ['OTLP in an attribute', '/v1/traces', `{"resourceSpans":[{"resource":${deep}}]}`],
    ['the ingestion', INGESTION, deep],
    ['the books', BOOKS, deep.slice(0, 30_000) + deep.slice(-30_000)],
  ])('is refused by %s', async (_, path, body) => {
    expect(await post(path, body, JSON_TYPE)).toBe(400);
    await expectAlive();
  });

  it('refuses an event alone that holds such, as input, metadata or anything else', async () => {
    const good = event({ id: 'good', name: 'good' });
    for (const field of ['input', 'output', 'metadata', 'modelParameters', 'usageDetails', 'body']) {
      const wrong = JSON.stringify(event({ id: 'deep', [field]: { a: 0 } })).replace('{"a":0}', `{"a":${deep}}`);
      const body = `{"batch":[${wrong},${JSON.stringify({ ...good, id: randomUUID() })}]}`;
      const response = await send(`${collector.url}${INGESTION}`, { body, headers: JSON_TYPE });
      expect(response.status, field).toBe(207);
      expect((response.json() as { successes: object[] }).successes.length, field).toBeGreaterThan(0);
    }
    await expectAlive();
  });
});

describe('an object in place of a length', () => {
  const wrong = { length: { toString: 0 } };

  it('is a wrong value to the ingestion and to the books', async () => {
    const batch = [
      event({ id: wrong }),
      { ...event({ id: 'a' }), timestamp: wrong },
      event({ name: wrong }, 'score-create'),
    ];
    const response = await send(`${collector.url}${INGESTION}`, {
      body: JSON.stringify({ batch }),
      headers: JSON_TYPE,
    });
    expect([response.status, (response.json() as { errors: object[] }).errors.length]).toEqual([207, 3]);
    expect(await post(BOOKS, JSON.stringify({ service: wrong }), JSON_TYPE)).toBe(400);
    await expectAlive();
  });
});

describe('names that would reach a prototype', () => {
  const NAMES = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1}';

  afterEach(() => {
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('reach none by OTLP', async () => {
    const span = JSON.stringify(JSON.parse(toJson(makeSpan({ name: 'n' })).toString()));
    expect(await post('/v1/traces', span.replace('{', `{${NAMES},`), JSON_TYPE)).toBe(200);
    const keys = ['__proto__', 'constructor', 'prototype'].flatMap((key) => [
      key,
      `langfuse.observation.metadata.${key}`,
    ]);
    const named = makeSpan({ name: 'named' });
    const attributes = keys.map((key) => ({ key, value: 'x' }));
    expect(await post('/v1/traces', toProtobuf({ ...named, attributes }), PROTOBUF)).toBe(200);
    expect((await stored('named')).metadata.get('constructor')).toBe('x');
    await expectAlive();
  });

  it('reach none by the ingestion, merged ones included', async () => {
    const body = (id: string) =>
      `{"id":"${id}","traceId":"t","name":"n","metadata":{${NAMES},"nested":{${NAMES}}},"usageDetails":{${NAMES}},"modelParameters":{${NAMES}},${NAMES}}`;
    const batch = ['span-create', 'span-update', 'trace-create', 'score-create'].map(
      (type) =>
        `{"id":"${randomUUID()}","type":"${type}","timestamp":"2026-01-01T00:00:00Z",${NAMES},"body":${body('a')}}`,
    );
    for (const each of batch) expect(await post(INGESTION, `{"batch":[${each}],${NAMES}}`, JSON_TYPE)).toBe(207);
    expect((await stored('n')).metadata.get('nested') ?? '').toContain('polluted');
    await expectAlive();
  });

  it('reach none by the books', async () => {
    expect(await post(BOOKS, `{${NAMES}}`, JSON_TYPE)).toBe(400);
    await expectAlive();
  });
});

describe('script in every field', () => {
  it('comes out of OTLP as it went in', async () => {
    const attributes = { [SCRIPT]: SCRIPT, 'user.id': SCRIPT, 'langfuse.observation.input': SCRIPT };
    const span = makeSpan({ name: SCRIPT, attributes, status: { code: 2, message: SCRIPT } });
    expect(await post('/v1/traces', toJson(span), JSON_TYPE)).toBe(200);
    const observation = await stored(SCRIPT);
    expect(observation).toMatchObject({ userId: SCRIPT, input: SCRIPT, statusMessage: SCRIPT });
    expect(observation.metadata.get(`attributes.${SCRIPT}`)).toBe(SCRIPT);
    expect(await callGrpc(toProtobuf(makeSpan({ name: `${SCRIPT} by gRPC`, attributes })))).toBe('0');
    expect(await stored(`${SCRIPT} by gRPC`)).toMatchObject({ userId: SCRIPT, input: SCRIPT });
  });

  it('comes out of the ingestion as it went in', async () => {
    const texts = {
      name: SCRIPT,
      input: SCRIPT,
      output: SCRIPT,
      version: SCRIPT,
      environment: SCRIPT,
      metadata: { [SCRIPT]: SCRIPT },
    };
    const batch = [
      event({ ...texts, id: SCRIPT, traceId: 't', statusMessage: SCRIPT, model: SCRIPT, parentObservationId: SCRIPT }),
      event(
        {
          ...texts,
          id: 't',
          name: `trace ${SCRIPT}`,
          userId: SCRIPT,
          sessionId: SCRIPT,
          tags: [SCRIPT],
          release: SCRIPT,
        },
        'trace-create',
      ),
    ];
    expect(await post(INGESTION, JSON.stringify({ batch }), JSON_TYPE)).toBe(207);
    const observation = await stored(SCRIPT);
    const common = { input: SCRIPT, output: SCRIPT, version: SCRIPT, environment: SCRIPT };
    expect(observation).toMatchObject({ ...common, statusMessage: SCRIPT, model: SCRIPT });
    expect(Object.fromEntries(observation.metadata)).toEqual({
      [SCRIPT]: SCRIPT,
      langfuse_id: SCRIPT,
      langfuse_trace_id: 't',
    });
    const root = await stored(`trace ${SCRIPT}`);
    expect(root).toMatchObject({
      ...common,
      userId: SCRIPT,
      sessionId: SCRIPT,
      tags: [SCRIPT.trim()],
      release: SCRIPT,
    });
  });

  it('comes back only as JSON where a refusal repeats it', async () => {
    for (const [path, body] of [
      ['/v1/traces', JSON.stringify({ resourceSpans: SCRIPT })],
      [INGESTION, JSON.stringify({ batch: [{ id: SCRIPT, type: SCRIPT, body: {} }] })],
      [BOOKS, JSON.stringify({ instanceId: SCRIPT })],
    ] as const) {
      const response = await send(`${collector.url}${path}`, { body, headers: JSON_TYPE });
      expect(response.headers['content-type']).toMatch(/^application\/json/);
      expect(response.headers['x-content-type-options']).toBe('nosniff');
    }
  });
});

describe('a sender that trickles', () => {
  beforeEach(() => restart({ bodyTimeoutMs: 100 }));

  /** What comes back to bytes that are followed by nothing, until the connection is closed. */
  async function answerTo(text: string): Promise<string> {
    const { hostname, port } = new URL(collector.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(text);
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    await once(socket, 'close');
    return answer;
  }

  it('is cut off in its headers', async () => {
    expect(await answerTo('POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')).toMatch(/^HTTP\/1\.1 408 /);
    await expectAlive();
  });

  it.each(['/v1/traces', INGESTION, BOOKS])('is cut off in its body by %s', async (path) => {
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    expect(await answerTo(head)).toMatch(/^HTTP\/1\.1 408 |^$/);
    await expectAlive();
  });

  it('is cut off by gRPC before it has said anything', async () => {
    const { hostname, port } = new URL(collector.grpcUrl ?? '');
    const session = connectHttp2(`http://${hostname}:${port}`);
    session.on('error', () => undefined);
    const stream = session.request({ ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc' });
    stream.resume();
    const [headers] = (await once(stream, 'response')) as [{ 'grpc-status'?: string }];
    expect(headers['grpc-status']).toBe('4');
    session.close();
    await expectAlive();
  });
});
