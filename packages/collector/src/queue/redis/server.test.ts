import { createServer, type Socket } from 'node:net';
import { isRedisThere } from '@slipstream/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { useRedisQueues } from '../../../test/support/redis-queues.js';
import { appendText, eventually, readTexts } from '../suite.js';

const entry = (text: string) => ({ tenant: 't', contentType: 'application/x-protobuf', payload: Buffer.from(text) });

describe.skipIf(!isRedisThere)('what a Redis queue says of its server (needs redis-server)', () => {
  const { open, clear, command, server } = useRedisQueues('--requirepass', 'hunter2');
  afterEach(clear);

  const url = () => `redis://:hunter2@127.0.0.1:${server().port}`;
  const config = (name: string, value: string) => command((redis) => redis.config('SET', name, value));

  it('has no warning for one that syncs each write', async () => {
    const notices: string[] = [];
    const queue = await open({ url: url(), onNotice: (line) => notices.push(line) });
    expect(queue.stats()).toMatchObject({ fault: undefined, warnings: [] });
    expect(notices).toEqual([]);
  });

  it.each([
    ['appendonly', 'no', 'yes', 'durability weak: Redis keeps no append-only file (appendonly no)'],
    ['appendfsync', 'everysec', 'always', 'durability weak: Redis does not sync each write (appendfsync everysec)'],
    [
      'maxmemory-policy',
      'allkeys-lru',
      'noeviction',
      'durability weak: Redis may evict entries (maxmemory-policy allkeys-lru)',
    ],
  ])('warns once while %s is %s', async (name, bad, good, line) => {
    await config(name, bad);
    const notices: string[] = [];
    const queue = await open({ url: url(), onNotice: (notice) => notices.push(notice) });
    expect(queue.stats()).toMatchObject({ fault: undefined, warnings: [line] });
    await appendText(queue, 'taken all the same');
    await config(name, good);
    await eventually(() => expect(queue.stats().warnings).toEqual([]));
    expect(notices).toEqual([line, 'durability of Redis is as it should be again']);
  });

  it('says that durability is unknown where Redis does not tell', async () => {
    await command((redis) => redis.call('ACL', 'SETUSER', 'collector', 'on', '>swordfish', '~*', '+@all', '-config'));
    const queue = await open({ url: `redis://collector:swordfish@127.0.0.1:${server().port}` });
    expect(queue.stats().warnings).toEqual(['durability unknown: Redis does not tell its settings (NOPERM)']);
    await appendText(queue, 'taken');
  });

  it('goes on with a warning where Redis refuses MEMORY and EVAL', async () => {
    await command((redis) =>
      redis.call('ACL', 'SETUSER', 'poor', 'on', '>swordfish', '~*', '+@all', '-memory', '-eval'),
    );
    const queue = await open({ url: `redis://poor:swordfish@127.0.0.1:${server().port}` });
    expect(queue.stats().warnings).toEqual([
      expect.stringContaining('not trimmed'),
      expect.stringContaining('size of the queue is unknown'),
    ]);
    await appendText(queue, 'taken');
    expect(await readTexts(await queue.open('store'))).toEqual(['taken']);
  });

  it('names a wrong password as such, and never says it', async () => {
    const said: unknown[] = [];
    const settings = { onFault: (reason: unknown) => said.push(reason), onNotice: (line: unknown) => said.push(line) };
    const wrong = await open({ url: `redis://:sesame@127.0.0.1:${server().port}`, ...settings });
    const refused = await wrong.append(entry('a'));
    expect(refused).toMatchObject({ kind: 'unavailable', reason: 'redis_wrongpass' });
    const error: unknown = await (await wrong.open('store'))
      .read(1, AbortSignal.abort())
      .catch((reason: unknown) => reason);
    const anonymous = await open({ url: server().url, collector: 'two', ...settings });
    expect(await anonymous.append(entry('a'))).toMatchObject({ reason: 'redis_noauth' });
    expect(JSON.stringify([said, refused, wrong.stats(), String(error), error])).not.toMatch(/sesame|hunter2/);
  });

  it.each([
    'redis://:sesame@',
    'redis://host:99999999/',
    'http://:sesame@host',
    'redis://:%E0%A4%A@host',
    'redis://h/db',
  ])('refuses the address %s without repeating it', async (address) => {
    const error: unknown = await open({ url: address }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INVALID_CONFIG' });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('sesame');
  });

  it('gives up a server that never answers', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const timing = { connectMs: 100, commandMs: 100, closeMs: 100 };
    const queue = await open({ url: `redis://:x@127.0.0.1:${port}`, timing });
    expect(await queue.append(entry('a'))).toMatchObject({ kind: 'unavailable' });
    await queue.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});
