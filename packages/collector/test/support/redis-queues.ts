import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer } from '@slipstream/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import type { Queue } from '../../src/queue/contract.js';
import { createRedisQueue, type RedisQueueSettings } from '../../src/queue/redis/redis-queue.js';
import type { RedisTiming } from '../../src/queue/redis/timing.js';

/** Short waits, so that what takes a minute in life takes a moment here. */
export const QUICK: RedisTiming = {
  connectMs: 10_000,
  commandMs: 10_000,
  blockMs: 200,
  sampleMs: 20,
  durabilityMs: 100,
  claimIdleMs: 400,
  claimEveryMs: 50,
  renewMs: 100,
  firstRetryMs: 10,
  lastRetryMs: 50,
  closeMs: 2000,
  retireIdleMs: 60_000,
  sweepEveryMs: 50,
};

export interface OpenRedisQueue extends Partial<Omit<RedisQueueSettings, 'timing'>> {
  /** Its data directory, by a name; the same name is the same collector. @default 'one' */
  readonly collector?: string;
  readonly timing?: Partial<RedisTiming>;
}

/** One Redis for all tests of a file, and queues on it. */
export function useRedisQueues(...args: readonly string[]) {
  let server: RedisServer;
  let directory: string;
  const queues: Queue[] = [];

  beforeAll(async () => {
    server = await RedisServer.open(...args);
    directory = await mkdtemp(join(tmpdir(), 'slipstream-queue-'));
  });

  afterAll(async () => {
    await clear();
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function open({ collector = 'one', timing = {}, ...settings }: OpenRedisQueue = {}): Promise<Queue> {
    const queue = await createRedisQueue({
      url: server.url,
      directory: join(directory, collector),
      ...settings,
      timing: { ...QUICK, ...timing },
    });
    queues.push(queue);
    return queue;
  }

  /** Closes every queue and empties the server. */
  async function clear(): Promise<void> {
    await Promise.all(queues.splice(0).map((queue) => queue.close()));
    await command((redis) => redis.flushall());
  }

  async function command<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const index = args.indexOf('--requirepass');
    const password = args[index + 1];
    const redis = new Redis({
      host: '127.0.0.1',
      port: server.port,
      retryStrategy: () => 20,
      protocol: 2,
      ...(index < 0 || password === undefined ? {} : { password }),
    });
    redis.on('error', () => undefined);
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  return { open, clear, command, server: () => server };
}
