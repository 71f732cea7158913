/** Whole collectors on one Redis: what they take, say of themselves, and share. */
import { isRedisThere, RedisServer } from '@slipstream/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../src/queue/suite.js';
import { send } from './support/http-client.js';
import { makeSpan, PROTOBUF, toProtobuf } from './support/spans.js';
import { startCollector } from './support/start-collector.js';

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
