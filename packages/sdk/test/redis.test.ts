import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@slipstream/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Sdk from '../src/index.js';
import { createRedisTransport, type RedisTimeouts } from '../src/worker/redis-transport.js';
import { startApp } from './support/app-process.js';
import { loadFreshSdk, warningsOf } from './support/fresh-sdk.js';
import { Oracle } from './support/oracle.js';
import { isRedisRequired, isRedisThere, makeCertificate, RedisServer } from './support/redis-server.js';
import { until } from './worker-support/until.js';

let sdk: typeof Sdk;
const servers: RedisServer[] = [];
const clients: Sdk.Client[] = [];

beforeEach(async () => {
  sdk = await loadFreshSdk();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(clients.splice(0).map((client) => client.shutdown({ timeoutMs: 500 })));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function startRedis(...args: string[]): Promise<RedisServer> {
  const server = await RedisServer.open(...args);
  servers.push(server);
  return server;
}

function open(url: string, options: Sdk.SlipstreamOptions = {}): Sdk.Client {
  const client = sdk.createClient({ url, service: 'redis-test', handleSignals: false, ...options });
  clients.push(client);
  return client;
}

const isOpensslThere = spawnSync('openssl', ['version']).status === 0;

/** Some fifty of them fill a batch. */
const LARGE_INPUT = 'word '.repeat(4_000);

function describeDelivery(transport: 'worker' | 'inline'): void {
  it('appends entries as the stream’s contract has them', async () => {
    const redis = await startRedis();
    const client = open(redis.url, { transport, publicKey: 'pk-lf-1', environment: 'test' });
    client.trace({ name: 'first', input: 'xin chào' }).end({ output: 1 });
    expect(await client.flush()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    const [entry] = await redis.entries();
    expect(entry?.fields).toEqual({ v: '1', p: 'pk-lf-1', e: 'otlp+gzip' });
    expect(entry?.spans.map(({ name }) => name)).toEqual(['first']);
    expect(entry?.resource.get('service.name')).toBe('redis-test');
  });

  it('accounts for every span through a restart of the server', async () => {
    const redis = await startRedis();
    const client = open(redis.url, { transport });
    const oracle = new Oracle();
    oracle.make(client, 300);
    await client.flush();
    await redis.kill();
    oracle.make(client, 300);
    expect(await client.flush({ timeoutMs: 200 })).toMatchObject({ delivered: 300, pending: 300 });
    await redis.start();
    expect(await client.flush({ timeoutMs: 15_000 })).toEqual({ delivered: 600, dropped: 0, pending: 0 });
    oracle.check(client.stats(), await redis.spans());
  });

  it('counts what a full server refuses as redis_full, and delivers again when there is room', async () => {
    const redis = await startRedis('--maxmemory-policy', 'noeviction');
    const client = open(redis.url, { transport });
    const oracle = new Oracle();
    oracle.make(client, 10);
    await client.flush();
    await redis.command((connection) => connection.config('SET', 'maxmemory', '1'));
    oracle.make(client, 25);
    expect(await client.flush()).toEqual({ delivered: 10, dropped: 25, pending: 0 });
    expect(client.stats().dropped.redis_full).toBe(25);
    await redis.command((connection) => connection.config('SET', 'maxmemory', '0'));
    oracle.make(client, 10);
    expect(await client.flush()).toEqual({ delivered: 20, dropped: 25, pending: 0 });
    oracle.check(client.stats(), await redis.spans());
  });
}

describe.skipIf(!isRedisThere)('over redis:// (needs redis-server)', () => {
  describe('from the worker', () => describeDelivery('worker'));
  describe('inline', () => describeDelivery('inline'));

  it('uses user, password and number of the database in the address, and names none of them', async () => {
    const redis = await startRedis('--requirepass', 'hunter2');
    const address = `redis://default:hunter2@127.0.0.1:${redis.port}/3`;
    const client = open(address);
    client.span({ name: 'secret' }).end();
    expect(await client.flush()).toMatchObject({ delivered: 1 });
    const entries = await redis.entries(3);
    expect(entries.flatMap(({ spans }) => spans.map(({ name }) => name))).toEqual(['secret']);
    expect(entries[0]?.fields.p).toBe('default');
    sdk.configure({ url: address, handleSignals: false, enabled: false });
    expect(() => sdk.configure({ url: 'redis://default:swordfish@127.0.0.1:1', enabled: false })).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/hunter2|swordfish/) }),
    );
  });

  it('sends several batches without waiting for each answer, in bounded numbers', async () => {
    const redis = await startRedis();
    const client = open(redis.url);
    const oracle = new Oracle();
    oracle.make(client, 10);
    await client.flush();
    redis.freeze(true);
    oracle.make(client, 500, LARGE_INPUT);
    expect(await client.flush({ timeoutMs: 300 })).toMatchObject({ delivered: 10, pending: 500 });
    redis.freeze(false);
    expect(await client.flush({ timeoutMs: 15_000 })).toMatchObject({ delivered: 510, pending: 0 });
    oracle.check(client.stats(), await redis.spans());
    expect((await redis.entries()).length).toBeGreaterThan(5);
  });

  it('keeps no more than the retry buffer while the server is away, and counts the rest', async () => {
    const redis = await startRedis();
    const client = open(redis.url, { retryBufferBytes: 65_536 });
    const oracle = new Oracle();
    oracle.make(client, 5);
    await client.flush();
    await redis.kill();
    oracle.make(client, 100, LARGE_INPUT);
    await until(() => client.stats().dropped.retry_buffer_full > 80);
    await redis.start();
    expect(await client.flush({ timeoutMs: 15_000 })).toMatchObject({ pending: 0 });
    oracle.check(client.stats(), await redis.spans());
    expect(client.stats().delivered).toBeGreaterThan(5);
  });

  it('delivers all when the process ends without a flush', async () => {
    const redis = await startRedis();
    const app = startApp('loop.mjs', { args: [5_000, 'exit'], env: { SLIPSTREAM_URL: redis.url } });
    expect(await app.ended).toMatchObject({ code: 0, stderr: '' });
    expect(new Set((await redis.spans()).map(({ spanId }) => spanId)).size).toBe(5_000);
  });
});

describe.skipIf(!isRedisThere || !isOpensslThere)('over rediss:// (needs redis-server and openssl)', () => {
  it('is encrypted, and trusts whom Node trusts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipstream-certificate-'));
    const { cert, key } = makeCertificate(folder) ?? { cert: '', key: '' };
    const tlsPort = await freePort();
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'];
    const redis = await startRedis('--tls-port', String(tlsPort), ...files);
    const env = { SLIPSTREAM_URL: `rediss://localhost:${tlsPort}` };
    const trusting = startApp('loop.mjs', { args: [100, 'return'], env: { ...env, NODE_EXTRA_CA_CERTS: cert } });
    expect(await trusting.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await redis.spans()).toHaveLength(100);
    const wary = startApp('loop.mjs', { args: [100, 'return'], env: { ...env, SLIPSTREAM_EXIT_TIMEOUT_MS: '3000' } });
    expect((await wary.ended).stderr).toContain('CERT');
    expect(await redis.spans()).toHaveLength(100);
    rmSync(folder, { recursive: true });
  });
});

it.skipIf(isRedisThere || !isRedisRequired)('redis:// needs redis-server on PATH (SLIPSTREAM_REQUIRE_REDIS=1)', () => {
  expect(isRedisThere, 'redis-server is not on PATH').toBe(true);
});

describe('the transport', () => {
  const path = process
    .getBuiltinModule('node:module')
    .createRequire(import.meta.url)
    .resolve('ioredis');
  const request = { target: 'traces', body: new Uint8Array(10), contentType: 'application/x-protobuf' } as const;
  const closers: (() => void)[] = [];

  function transportTo(url: string, timeouts?: RedisTimeouts) {
    const settings = { url, redisModulePath: path, project: 'default', sharesThread: false };
    const transport = createRedisTransport(settings, timeouts);
    closers.push(transport.close);
    return transport;
  }

  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  it('shows its address without user and password', () => {
    expect(transportTo('rediss://me:hunter2@cache.example:6380/1').origin).toBe('rediss://cache.example:6380');
    expect(transportTo('redis://127.0.0.1').isLoopback).toBe(true);
    expect(transportTo('redis://cache.example').isLoopback).toBe(false);
  });

  it('has failed, to be tried again, when nobody listens or nobody answers', async () => {
    const refused = await transportTo(`redis://127.0.0.1:${await freePort()}`).post(request);
    expect(refused).toEqual({ kind: 'failed', reason: 'ECONNREFUSED', hadConnection: false });
    const net = process.getBuiltinModule('node:net');
    const silent = net.createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const sockets: { destroy(): void }[] = [];
    silent.on('connection', (socket) => void sockets.push(socket.on('error', () => undefined)));
    const limits = { connectMs: 100, commandMs: 100 };
    expect(await transportTo(`redis://127.0.0.1:${port}`, limits).post(request)).toMatchObject({ kind: 'failed' });
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  describe.skipIf(!isRedisThere)('with redis-server', () => {
    it('names the refusal, and nothing else of what was said', async () => {
      const redis = await startRedis('--requirepass', 'hunter2');
      const anonymous = transportTo(redis.url);
      const wrong = transportTo(`redis://:wrong@127.0.0.1:${redis.port}`);
      const right = transportTo(`redis://:hunter2@127.0.0.1:${redis.port}`);
      expect(await anonymous.post(request)).toEqual({ kind: 'replied', refusal: 'NOAUTH' });
      expect(await wrong.post(request)).toEqual({ kind: 'replied', refusal: 'WRONGPASS' });
      expect(await right.post(request)).toEqual({ kind: 'replied', refusal: undefined });
      await redis.command((connection) => connection.del('slipstream:traces'));
      await redis.command((connection) => connection.set('slipstream:traces', 'text'));
      expect(await right.post(request)).toEqual({ kind: 'replied', refusal: 'WRONGTYPE' });
    });

    it('connects anew after a failover has made the server read-only', async () => {
      const redis = await startRedis();
      const transport = transportTo(redis.url);
      expect(await transport.post(request)).toMatchObject({ refusal: undefined });
      await redis.command((connection) => connection.call('REPLICAOF', '127.0.0.1', String(redis.port + 1)));
      expect(await transport.post(request)).toMatchObject({ kind: 'replied', refusal: 'READONLY' });
      await redis.command((connection) => connection.call('REPLICAOF', 'NO', 'ONE'));
      expect(await transport.post(request)).toMatchObject({ refusal: undefined });
    });

    it('gives up a command that is not answered in time, and those behind it', async () => {
      const redis = await startRedis();
      const transport = transportTo(redis.url, { connectMs: 1_000, commandMs: 100 });
      await transport.post(request);
      redis.freeze(true);
      const outcomes = await Promise.all([transport.post(request), transport.post(request)]);
      redis.freeze(false);
      expect(outcomes).toEqual([
        { kind: 'failed', reason: 'ETIMEDOUT', hadConnection: true },
        expect.objectContaining({ kind: 'failed', hadConnection: true }),
      ]);
    });
  });
});

describe('without ioredis', () => {
  it('one warning says what to install, and the application goes on untraced', async () => {
    const module = process.getBuiltinModule('node:module');
    const { createRequire } = module;
    vi.spyOn(module, 'createRequire').mockImplementation(((from: string) => {
      const require = createRequire(from);
      return Object.assign(() => undefined, {
        resolve: (name: string) => {
          if (name === 'ioredis') throw new Error('Cannot find module');
          return require.resolve(name);
        },
      });
    }) as unknown as typeof createRequire);
    const texts: string[] = [];
    const listener = (warning: Error): void => void texts.push(warning.message);
    process.on('warning', listener);
    const codes = await warningsOf(async () => {
      const client = open('redis://127.0.0.1:1');
      client.span({ name: 'x' }).end();
      client.span({ name: 'y' }).end();
      expect(await client.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    });
    process.off('warning', listener);
    expect(codes).toEqual(['SLIPSTREAM_NOT_STARTED']);
    expect(texts.join()).toContain('npm i ioredis');
  });
});
