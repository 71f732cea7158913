import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import { connect, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as grpc from '@grpc/grpc-js';
import { readExportResponse } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { send } from '../../../../test/support/http-client.js';
import { makeRunningSpan, makeSpan, toProtobuf } from '../../../../test/support/spans.js';
import { startCollector, type TestCollector } from '../../../../test/support/start-collector.js';
import type { CollectorSettings } from '../../../settings.js';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const HEALTH = '/grpc.health.v1.Health/Check';
const TOKEN = 'a-token-of-some-length';

let collector: TestCollector;
let client: grpc.Client;

beforeEach(() => start());

afterEach(async () => {
  client.close();
  await collector.destroy();
});

async function start(settings: Partial<CollectorSettings> = {}): Promise<void> {
  collector = await startCollector({ grpcPort: 0, ...settings });
  client = connectTo();
}

async function restart(settings: Partial<CollectorSettings>): Promise<void> {
  client.close();
  await collector.destroy();
  await start(settings);
}

function connectTo(options: grpc.ClientOptions = {}): grpc.Client {
  const address = new URL(collector.grpcUrl ?? '').host;
  return new grpc.Client(address, grpc.credentials.createInsecure(), {
    // A connection of its own for each client.
    'grpc.use_local_subchannel_pool': 1,
    ...options,
  });
}

interface CallOptions {
  readonly path?: string;
  readonly metadata?: Record<string, string>;
  readonly deadlineMs?: number;
}

/** A call by a client that is not ours. */
function call(message: Buffer, { path = EXPORT, metadata = {}, deadlineMs }: CallOptions = {}): Promise<Buffer> {
  const sent = new grpc.Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      message,
      sent,
      options,
      (error, answer) => (error === null ? resolve(answer ?? Buffer.alloc(0)) : reject(error)),
    );
  });
}

const failure = (message: Buffer, options: CallOptions = {}): Promise<grpc.ServiceError> =>
  call(message, options).then(
    () => Promise.reject(new TypeError('the call succeeded')),
    (error: grpc.ServiceError) => error,
  );

const retryInfo = ({ metadata }: grpc.ServiceError) =>
  metadata.get('grpc-status-details-bin').map((value) => Buffer.from(value as Buffer).toString('latin1'));

const receiver = async () => (await collector.status()).receiver;

describe('the gRPC receiver', () => {
  it('takes spans, and answers when they are durable', async () => {
    const span = makeSpan({ name: 'chào' });
    expect(readExportResponse(await call(toProtobuf(span, makeRunningSpan())))).toEqual({ partialSuccess: undefined });
    expect((await collector.status()).queue.nextId).toBe(2);
    await vi.waitFor(async () => expect((await collector.store.trace(span.traceId))?.trace.name).toBe('chào'));
    expect(await receiver()).toMatchObject({ requests: 1, acceptedSpans: 1, acceptedStarts: 1 });
  });

  it('takes gzip', async () => {
    client.close();
    client = connectTo({ 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });
    await call(toProtobuf(makeSpan({ name: 'x'.repeat(10_000) })));
    expect((await receiver()).acceptedSpans).toBe(1);
  });

  it('answers success to an empty request and keeps nothing', async () => {
    expect(readExportResponse(await call(Buffer.alloc(0)))).toEqual({ partialSuccess: undefined });
    expect((await collector.status()).queue.nextId).toBe(1);
  });

  it('refuses one bad span among good ones and keeps the good ones', async () => {
    const answer = await call(toProtobuf(makeSpan(), makeSpan({ traceId: '0'.repeat(32) })));
    expect(readExportResponse(answer).partialSuccess).toMatchObject({ rejectedSpans: 1n });
    expect(await receiver()).toMatchObject({ acceptedSpans: 1, rejectedSpans: 1 });
  });

  it('answers INVALID_ARGUMENT to what is no export, without asking for another try', async () => {
    const error = await failure(toProtobuf(makeSpan()).subarray(0, -5));
    expect(error.code).toBe(grpc.status.INVALID_ARGUMENT);
    expect(error.details).toMatch(/no trace export/);
    expect(retryInfo(error)).toEqual([]);
    expect((await receiver()).refused).toEqual({ '400': 1 });
  });

  it('takes a message of exactly the limit, and answers RESOURCE_EXHAUSTED without RetryInfo to one byte more', async () => {
    const message = toProtobuf(makeSpan({ name: 'x'.repeat(1000) }));
    await restart({ maxBodyBytes: message.byteLength, maxInflatedBytes: message.byteLength });
    await call(message);
    const error = await failure(toProtobuf(makeSpan({ name: 'x'.repeat(1001) })));
    expect(error.code).toBe(grpc.status.RESOURCE_EXHAUSTED);
    expect(retryInfo(error)).toEqual([]);
    await call(message);
  });

  it('takes 8 MiB, which is above the usual limit of gRPC', async () => {
    await call(toProtobuf(makeSpan({ name: 'x'.repeat(8 * 1024 * 1024) })));
    expect((await receiver()).acceptedSpans).toBe(1);
  });

  it('cuts off a bomb that inflates a thousandfold, of one member and of many', async () => {
    await restart({ maxInflatedBytes: 1024 * 1024 });
    const member = gzipSync(Buffer.alloc(16 * 1024 * 1024));
    for (const bomb of [member, Buffer.concat([member, member, member])]) {
      const answer = await rawCall(frame(bomb, 1), { 'grpc-encoding': 'gzip' });
      expect(answer['grpc-status']).toBe(String(grpc.status.RESOURCE_EXHAUSTED));
    }
    await call(toProtobuf(makeSpan()));
  });

  it('answers UNAVAILABLE with RetryInfo while the queue is full', async () => {
    await restart({ maxQueueBytes: 10 });
    const error = await failure(toProtobuf(makeSpan()));
    expect(error.code).toBe(grpc.status.UNAVAILABLE);
    expect(error.details).toContain('queue_full');
    expect(retryInfo(error)[0]).toContain('type.googleapis.com/google.rpc.RetryInfo');
    expect(await receiver()).toMatchObject({ acceptedSpans: 0, refused: { '503': 1 } });
  });

  it('shares the memory for bodies with HTTP, and answers RESOURCE_EXHAUSTED with RetryInfo past it', async () => {
    const message = toProtobuf(makeSpan({ name: 'x'.repeat(100_000) }));
    await restart({ maxInflatedBytes: message.byteLength, maxInflightBytes: message.byteLength + 5 });
    const { hostname, port } = new URL(collector.url);
    const holder = connect(Number(port), hostname);
    holder.write(
      `POST /v1/traces HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${message.byteLength}\r\n\r\n`,
    );
    holder.write(message.subarray(0, 50_000));
    await vi.waitFor(async () =>
      expect((await send(`${collector.url}/metrics`)).text).toContain('slipstream_receiver_inflight_bytes 50000'),
    );
    const error = await failure(message);
    expect(error.code).toBe(grpc.status.RESOURCE_EXHAUSTED);
    expect(retryInfo(error)[0]).toContain('RetryInfo');
    holder.end(message.subarray(50_000));
    holder.resume();
    await vi.waitFor(async () => expect((await receiver()).acceptedSpans).toBe(1));
    await vi.waitFor(() => call(message));
  });

  it('answers UNIMPLEMENTED to other methods and encodings', async () => {
    const other = await failure(Buffer.alloc(0), {
      path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    });
    expect(other.code).toBe(grpc.status.UNIMPLEMENTED);
    expect(other.details).toContain('MetricsService');
    const answer = await rawCall(frame(toProtobuf(makeSpan()), 0), { 'grpc-encoding': 'deflate' });
    expect(answer).toMatchObject({ 'grpc-status': '12', 'grpc-accept-encoding': 'identity,gzip' });
  });

  it('answers DEADLINE_EXCEEDED when the deadline passes before the message is there', async () => {
    const answer = await rawCall(frame(toProtobuf(makeSpan()), 0).subarray(0, 10), {
      'grpc-timeout': '50m',
      keepOpen: true,
    });
    expect(answer['grpc-status']).toBe(String(grpc.status.DEADLINE_EXCEEDED));
    expect((await collector.status()).queue.nextId).toBe(1);
  });

  it('keeps nothing of a call that its sender cancels half-way', async () => {
    const session = connectHttp2(collector.grpcUrl ?? '');
    const stream = session.request(grpcHeaders());
    stream.on('error', () => undefined);
    stream.write(frame(toProtobuf(makeSpan()), 0).subarray(0, 20));
    await vi.waitFor(async () =>
      expect((await send(`${collector.url}/metrics`)).text).toContain('slipstream_receiver_inflight_bytes 20'),
    );
    stream.close(constants.NGHTTP2_CANCEL);
    await vi.waitFor(async () =>
      expect((await send(`${collector.url}/metrics`)).text).toContain('slipstream_receiver_inflight_bytes 0'),
    );
    expect((await collector.status()).queue.nextId).toBe(1);
    session.close();
  });

  it('cuts off a sender that trickles', async () => {
    await restart({ bodyTimeoutMs: 100 });
    const answer = await rawCall(frame(toProtobuf(makeSpan()), 0).subarray(0, 10), { keepOpen: true });
    expect(answer['grpc-status']).toBe(String(grpc.status.DEADLINE_EXCEEDED));
    expect((await receiver()).refused).toEqual({ '408': 1 });
  });

  it('refuses what is not exactly one message', async () => {
    const message = frame(toProtobuf(makeSpan()), 0);
    for (const body of [
      Buffer.alloc(0),
      message.subarray(0, 3),
      Buffer.concat([message, message]),
      frame(message, 2),
    ]) {
      expect((await rawCall(body))['grpc-status']).toBe(String(grpc.status.INVALID_ARGUMENT));
    }
  });

  it('answers 415 and 405 to what is no gRPC', async () => {
    expect((await rawCall(Buffer.alloc(0), { 'content-type': 'application/json' }))[':status']).toBe(415);
    expect((await rawCall(Buffer.alloc(0), { ':method': 'GET' }))[':status']).toBe(405);
  });

  it('ends a connection that pings all the time, and lives on', async () => {
    const session = connectHttp2(collector.grpcUrl ?? '', { maxOutstandingPings: 100 });
    session.on('error', () => undefined);
    const goaway = once(session, 'goaway');
    await once(session, 'connect');
    for (let index = 0; index < 50 && !session.destroyed; index++) session.ping(() => undefined);
    const [code] = (await goaway) as [number];
    expect(code).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    await call(toProtobuf(makeSpan()));
  });

  it('lives on after a peer that speaks something else', async () => {
    const { hostname, port } = new URL(collector.grpcUrl ?? '');
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket.resume(), 'close');
    await call(toProtobuf(makeSpan()));
    expect(collector.lines).toEqual([]);
  });

  it('answers probes', async () => {
    expect([...(await call(Buffer.alloc(0), { path: HEALTH }))]).toEqual([8, 1]);
    const unknown = Buffer.concat([Buffer.of(10, 1), Buffer.from('x')]);
    expect((await failure(unknown, { path: HEALTH })).code).toBe(grpc.status.NOT_FOUND);
    collector.store.before = () => {
      throw new TypeError('away');
    };
    expect([...(await call(Buffer.alloc(0), { path: HEALTH }))]).toEqual([8, 2]);
  });
});

describe('the gRPC receiver with a token', () => {
  beforeEach(() => restart({ token: TOKEN }));

  it.each([`Bearer ${TOKEN}`, `Basic ${Buffer.from(`pk-lf-1:${TOKEN}`).toString('base64')}`])(
    'takes %s',
    async (authorization) => {
      await call(toProtobuf(makeSpan()), { metadata: { authorization } });
    },
  );

  it('answers UNAUTHENTICATED without it, other methods included, and probes all the same', async () => {
    for (const metadata of [{}, { authorization: 'Bearer wrong' }]) {
      expect((await failure(toProtobuf(makeSpan()), { metadata })).code).toBe(grpc.status.UNAUTHENTICATED);
    }
    expect((await failure(Buffer.alloc(0), { path: '/x/Y' })).code).toBe(grpc.status.UNAUTHENTICATED);
    await call(Buffer.alloc(0), { path: HEALTH });
    expect((await collector.status()).queue.nextId).toBe(1);
  });
});

describe('the port of the gRPC receiver', () => {
  it('is an error with a code where another program has it, unless gRPC is optional', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(startCollector({ grpcPort: port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('SLIPSTREAM_COLLECTOR_GRPC_PORT'),
    });
    const without = await startCollector({ grpcPort: port, isGrpcOptional: true });
    expect(without.grpcUrl).toBeUndefined();
    expect(without.lines).toEqual([expect.stringMatching(/no gRPC: Port \d+ .*GRPC_PORT/)]);
    await without.destroy();
    other.close();
  });

  it('is not opened where none is set', async () => {
    const without = await startCollector();
    expect(without.grpcUrl).toBeUndefined();
    await without.destroy();
  });

  it('closes within its deadline although a call hangs', async () => {
    await restart({ closeTimeoutMs: 200 });
    const session = connectHttp2(collector.grpcUrl ?? '');
    session.on('error', () => undefined);
    const stream = session.request(grpcHeaders());
    stream.on('error', () => undefined);
    stream.write(Buffer.alloc(3));
    await once(session, 'connect');
    const gone = once(session, 'close');
    await collector.close();
    await gone;
  });
});

function frame(message: Uint8Array, flag: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([prefix, message]);
}

function grpcHeaders(): Record<string, string> {
  return { ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc', te: 'trailers' };
}

/** What a well-behaved client would not send. */
function rawCall(
  body: Buffer,
  { keepOpen = false, ...headers }: Record<string, string | boolean> & { keepOpen?: boolean } = {},
): Promise<Record<string, unknown>> {
  const session = connectHttp2(collector.grpcUrl ?? '');
  const stream = session.request({ ...grpcHeaders(), ...(headers as Record<string, string>) }, { endStream: false });
  return new Promise((resolve, reject) => {
    let answer: Record<string, unknown> = {};
    stream.on('response', (each) => {
      answer = { ...answer, ...each };
    });
    stream.on('trailers', (each) => {
      answer = { ...answer, ...each };
    });
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve(answer);
    });
    stream.resume();
    if (keepOpen) stream.write(body);
    else stream.end(body);
  });
}
