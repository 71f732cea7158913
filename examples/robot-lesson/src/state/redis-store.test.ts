import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedisStore } from './redis-store.js';
import { describeConversationStore } from './suite.js';

const isRedisThere = spawnSync('redis-server', ['--version']).status === 0;
const isRedisRequired = process.env.SLIPSTREAM_REQUIRE_REDIS === '1';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

let redis: ChildProcess | undefined;
let folder = '';
let port = 0;

async function startRedis(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'robot-lesson-redis-'));
  port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  redis = spawn('redis-server', args, { stdio: 'ignore' });
  const probe = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 20, maxRetriesPerRequest: null });
  probe.on('error', () => undefined);
  await probe.ping();
  probe.disconnect();
}

async function stopRedis(): Promise<void> {
  const ended = new Promise((resolve) => redis?.once('exit', resolve));
  redis?.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

const url = () => `redis://127.0.0.1:${port}`;

if (isRedisThere) {
  describe('with a Redis server', () => {
    beforeAll(startRedis);
    afterAll(stopRedis);

    describeConversationStore('Redis store', (ttlSeconds) => createRedisStore({ url: url(), ttlSeconds }));

    it('says that the state cannot be read when another program wrote it', async () => {
      const client = new Redis(url());
      await client.set('robot-lesson:conversation:odd', '{"id":1}');
      client.disconnect();
      const store = await createRedisStore({ url: url(), ttlSeconds: 60 });
      await expect(store.load('odd')).rejects.toMatchObject({ code: 'BROKEN_STATE' });
      await store.close();
    });

    it('rejects with a code, in time, when the server has gone', async () => {
      const store = await createRedisStore({ url: url(), ttlSeconds: 60 });
      await stopRedis();
      await expect(store.load('c-1')).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' });
      await store.close();
      await startRedis();
    });
  });
} else {
  it.skipIf(!isRedisRequired)(
    'Redis store: needs redis-server on PATH (SLIPSTREAM_REQUIRE_REDIS=1 makes this fail)',
    () => {
      expect(isRedisThere, 'redis-server is not on PATH').toBe(true);
    },
  );
}

describe('without a Redis server', () => {
  it('is refused at start, without the password in the message', async () => {
    const closedPort = await freePort();
    const started = createRedisStore({ url: `redis://:hunter2@127.0.0.1:${closedPort}`, ttlSeconds: 60 });
    const error = await started.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'STATE_UNAVAILABLE' });
    expect(String((error as Error).message)).not.toContain('hunter2');
  });
});
