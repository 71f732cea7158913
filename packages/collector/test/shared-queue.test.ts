/** Whole collectors on one Redis: what they take, say of themselves, and share. */
import { gzipSync } from 'node:zlib';
import { isRedisThere, RedisServer } from '@slipstream/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../src/queue/suite.js';
import { send } from './support/http-client.js';
import { makeSpan, PROTOBUF, toProtobuf } from './support/spans.js';
import { startCollector } from './support/start-collector.js';

const JSON_TYPE = { 'content-type': 'application/json' };

describe.skipIf(!isRedisThere)('collectors on one Redis (needs redis-server)', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await RedisServer.open('--requirepass', 'hunter2', '--appendfsync', 'everysec');
  });

  afterAll(() => redis.close());

  const address = () => `redis://:hunter2@127.0.0.1:${redis.port}`;

  it('each deliver a part of what any of them took, and say what they run on', async () => {
    const collectors = [await startCollector({ queueUrl: address() }), await startCollector({ queueUrl: address() })];
    const [one, two] = [collectors[0]!, collectors[1]!];
    const names = Array.from({ length: 40 }, (_, index) => `span ${index}`);
    for (const [index, name] of names.entries()) {
      const body = toProtobuf(makeSpan({ name }));
      const { status } = await send(`${collectors[index % 2]!.url}/v1/traces`, { body, headers: PROTOBUF });
      expect(status).toBe(200);
    }
    await eventually(async () => {
      const stored = (await Promise.all(collectors.map(({ store }) => store.counts()))).map(({ spans }) => spans);
      expect(stored[0]! + stored[1]!).toBe(names.length);
    });
    await eventually(async () => expect((await one.status()).queue.backlog).toEqual({ store: 0 }));
    expect((await two.status()).queue).toMatchObject({ kind: 'redis', segments: 0, maxBytes: 1024 ** 3 });
    const ready = await send(`${one.url}/ready`);
    const weak = 'durability weak: Redis does not sync each write (appendfsync everysec)';
    expect([ready.status, ready.json()]).toEqual([200, { ready: true, queue: 'ok', store: 'ok', warnings: [weak] }]);
    expect(one.lines).toContain(`slipstream collector: ${weak}`);
    expect(`${ready.text}${one.lines.join()}`).not.toContain('hunter2');
    for (const { destroy } of collectors) await destroy();
  });

  it('show and replay what either of them set aside, each letter once', async () => {
    const collectors = [await startCollector({ queueUrl: address() }), await startCollector({ queueUrl: address() })];
    const client = new Redis(address());
    const add = (stream: string, fields: Readonly<Record<string, string | Buffer>>) =>
      client.xadd(stream, '*', ...Object.entries(fields).flat());
    const about = { reason: 'it was given too often and never finished', group: 'store', id: '1-1' };
    for (let index = 0; index < 10; index++) {
      const d = gzipSync(toProtobuf(makeSpan({ name: `span ${index}` })));
      await add('slipstream:traces:dead', { ...about, v: '1', p: 'default', e: 'otlp+gzip', d });
    }
    await add('slipstream:traces', { v: '2' });
    const letters = async (url: string) =>
      ((await send(`${url}/api/v1/destinations`)).json() as { destinations: { deadLetters: unknown }[] })
        .destinations[0]?.deadLetters;
    const version = { 'its version is not known': 1 };
    for (const { url } of collectors) {
      const reasons = { [about.reason]: 10, ...version };
      await eventually(async () => expect(await letters(url)).toMatchObject({ entries: 11, reasons }));
    }
    const replay = ({ url }: { url: string }) =>
      send(`${url}/api/v1/destinations/store/replay`, { method: 'POST', body: '{}', headers: JSON_TYPE });
    const answers = await Promise.all(collectors.map(replay));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const delivered = answers.map((answer) => (answer.json() as { delivered: number }).delivered);
    expect(delivered[0]! + delivered[1]!).toBe(10);
    const stored = (await Promise.all(collectors.map(({ store }) => store.counts()))).map(({ spans }) => spans);
    expect(stored[0]! + stored[1]!).toBe(10);
    // What no version of ours can read stays.
    for (const { url } of collectors) expect(await letters(url)).toMatchObject({ entries: 1, reasons: version });
    client.disconnect();
    for (const { destroy } of collectors) await destroy();
  });

  it('answer 503 with Retry-After and are not ready while Redis is away, and go on when it is back', async () => {
    const collector = await startCollector({ queueUrl: address() });
    const body = toProtobuf(makeSpan());
    const post = () => send(`${collector.url}/v1/traces`, { body, headers: PROTOBUF });
    expect((await post()).status).toBe(200);
    await redis.kill();
    const refused = await post();
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    const ready = await send(`${collector.url}/ready`);
    expect([ready.status, ready.json()]).toEqual([
      503,
      expect.objectContaining({ ready: false, queue: 'redis_unreachable' }),
    ]);
    expect((await send(`${collector.url}/metrics`)).text).toContain('slipstream_queue_writable 0');
    await redis.start();
    await eventually(async () => expect((await post()).status).toBe(200));
    await eventually(async () => expect((await send(`${collector.url}/ready`)).status).toBe(200));
    await collector.destroy();
  });
});
