import { setImmediate } from 'node:timers/promises';
import { isRedisThere } from '@slipstream/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { useRedisQueues } from '../../../test/support/redis-queues.js';
import type { AppendResult, Queue } from '../contract.js';
import { appendText, eventually, readEntries, readTexts } from '../suite.js';

const entry = (text: string) => ({ tenant: 't', contentType: 'application/x-protobuf', payload: Buffer.from(text) });
const MIB = 1024 * 1024;

describe.skipIf(!isRedisThere)('a Redis queue in trouble (needs redis-server)', () => {
  const { open, clear, command, server } = useRedisQueues();
  afterEach(async () => {
    server().freeze(false);
    await server().kill();
    await server().start();
    await clear();
  });

  /** Appends until it is taken. */
  async function appendAtLast(queue: Queue, text: string): Promise<void> {
    await eventually(() => appendText(queue, text));
  }

  it('has every entry that was answered ok after Redis is killed under appends', async () => {
    const queue = await open();
    const taken: string[] = [];
    let isOver = false;
    const senders = Array.from({ length: 8 }, async (_, sender) => {
      for (let index = 0; !isOver; index++) {
        const text = `${sender}-${index}`;
        if ((await queue.append(entry(text))).kind === 'ok') taken.push(text);
        // A refusal comes at once, and nothing else would ever run.
        else await setImmediate();
      }
    });
    for (let round = 1; round <= 3; round++) {
      await eventually(() => expect(taken.length).toBeGreaterThan(round * 50));
      await server().kill();
      await server().start();
    }
    await eventually(() => expect(queue.stats().fault).toBeUndefined());
    const before = taken.length;
    await eventually(() => expect(taken.length).toBeGreaterThan(before));
    isOver = true;
    await Promise.all(senders);
    const read = new Set(await readTexts(await queue.open('store')));
    expect(taken.filter((text) => !read.has(text))).toEqual([]);
  });

  it('refuses while Redis is away, takes appends again when it is back, and says both once', async () => {
    const faults: (string | undefined)[] = [];
    const queue = await open({ onFault: (reason) => faults.push(reason) });
    await appendText(queue, 'before');
    await server().kill();
    expect(await queue.append(entry('lost'))).toMatchObject({ kind: 'unavailable', retryAfterMs: expect.any(Number) });
    expect(queue.stats().fault).toMatch(/^redis_/);
    expect(await queue.append(entry('lost'))).toMatchObject({ kind: 'unavailable' });
    await server().start();
    await appendAtLast(queue, 'after');
    expect(await readTexts(await queue.open('store'))).toEqual(['before', 'after']);
    expect(faults).toEqual([expect.stringMatching(/^redis_unreachable \(E/), undefined]);
  });

  it('sees without any traffic that Redis is away, and that it is back', async () => {
    const queue = await open();
    await server().kill();
    await eventually(() => expect(queue.stats().fault).toBe('redis_unreachable'));
    await server().start();
    await eventually(() => expect(queue.stats().fault).toBeUndefined());
  });

  it('starts while Redis is away', async () => {
    await server().kill();
    const queue = await open();
    const reader = await queue.open('store');
    expect(await queue.append(entry('a'))).toMatchObject({ kind: 'unavailable' });
    await expect(reader.read(1000, AbortSignal.abort())).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await server().start();
    await appendAtLast(queue, 'a');
    await eventually(async () => expect(await reader.read(1000, AbortSignal.abort())).toHaveLength(1));
  });

  it('gives what was lost on the way to a reader again, in the same session', async () => {
    const queue = await open({ timing: { claimEveryMs: 60_000 } });
    const reader = await queue.open('store');
    const refused = expect.objectContaining({ code: 'QUEUE_UNAVAILABLE' });
    const reading = reader.read(1000, new AbortController().signal).catch((error: unknown) => error);
    // The server answers, and the answer does not come through: as if the connection had broken just then.
    await eventually(async () => {
      const clients = await command((redis) => redis.client('LIST'));
      expect(String(clients)).toContain('cmd=xreadgroup');
    });
    const consumers = await command((redis) => redis.call('XINFO', 'CONSUMERS', 'slipstream:traces', 'store'));
    const consumer = (consumers as string[][])[0]![1]!;
    await command((redis) =>
      redis
        .multi()
        .call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
        .xadd('slipstream:traces', '*', 'v', '1', 'p', 't', 'e', 'raw+gzip', 'c', 'x', 'd', 'lost')
        .xreadgroup('GROUP', 'store', consumer, 'STREAMS', 'slipstream:traces', '>')
        .exec(),
    );
    expect(await reading).toEqual(refused);
    await eventually(async () => {
      await readTexts(reader);
      // It is no gzip: that it was set aside shows that it came.
      expect(queue.stats().quarantinedRecords).toBe(1);
    });
  });

  it('commits again what could not be committed, without a further call', async () => {
    const queue = await open();
    const reader = await queue.open('store');
    await appendText(queue, 'a');
    await readEntries(reader, 1);
    await server().kill();
    await expect(reader.commit(1)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await server().start();
    await eventually(() => expect(queue.stats().backlog).toEqual({ store: 0 }));
    expect(await readTexts(reader)).toEqual([]);
  });

  it('answers in bounded time where Redis hangs, and closes in bounded time', async () => {
    const queue = await open({ timing: { commandMs: 200, closeMs: 200 } });
    const reader = await queue.open('store');
    await appendText(queue, 'a');
    server().freeze(true);
    const stuck: Promise<AppendResult>[] = [queue.append(entry('b')), queue.append(entry('c'))];
    const kinds = (await Promise.all(stuck)).map((result) =>
      result.kind === 'unavailable' ? result.reason : result.kind,
    );
    expect(kinds[0]).toBe('redis_timeout');
    expect(queue.stats().fault).toMatch(/^redis_/);
    await expect(reader.read(1000, AbortSignal.abort())).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await queue.close();
    server().freeze(false);
  });

  it('stops waiting although Redis hangs', async () => {
    const queue = await open({ timing: { commandMs: 60_000, closeMs: 200 } });
    const reader = await queue.open('store');
    const controller = new AbortController();
    const reading = reader.read(1000, controller.signal);
    server().freeze(true);
    controller.abort();
    expect(await reading).toEqual([]);
    const closing = queue.close();
    await closing;
    server().freeze(false);
  });

  it('refuses at its byte limit, and takes appends again when a destination has passed some', async () => {
    const queue = await open({ maxQueueBytes: 64 * 1024 });
    const reader = await queue.open('store');
    const payload = Buffer.alloc(6000, 'x');
    for (let index = 0; index < payload.length; index++) payload[index] = Math.floor(Math.random() * 256);
    const appendRandom = () => queue.append({ ...entry(''), payload });
    let taken = 0;
    let last: AppendResult = { kind: 'ok', id: 0 };
    for (; last.kind === 'ok'; taken++) last = await appendRandom();
    expect(last).toEqual({ kind: 'unavailable', reason: 'queue_full', retryAfterMs: 5000 });
    expect(taken).toBeGreaterThan(7);
    expect(taken).toBeLessThan(13);
    expect(queue.stats()).toMatchObject({ fault: 'queue_full', warnings: [expect.stringContaining('nearly full')] });
    await readEntries(reader, taken - 1);
    await reader.commit(taken - 1);
    await eventually(async () => expect((await appendRandom()).kind).toBe('ok'));
    // What Redis says of its memory is asked for now and then.
    await eventually(async () =>
      expect(queue.stats()).toMatchObject({ fault: undefined, warnings: [], evictedEntries: 0 }),
    );
  });

  it('lets its oldest entries go at the byte limit where it may, counts them, and says so', async () => {
    const notices: string[] = [];
    const queue = await open({ maxQueueBytes: 64 * 1024, evictWhenFull: true, onNotice: (line) => notices.push(line) });
    const reader = await queue.open('store');
    const texts = Array.from({ length: 30 }, (_, index) => `${index}`);
    for (const text of texts) {
      const noise = Buffer.from(Array.from({ length: 6000 }, () => Math.floor(Math.random() * 256)));
      expect((await queue.append({ ...entry(''), tenant: text, payload: noise })).kind).toBe('ok');
    }
    const { evictedEntries, fault } = queue.stats();
    expect(fault).toBeUndefined();
    expect(evictedEntries).toBeGreaterThan(15);
    const rest = await readEntries(reader, texts.length - evictedEntries);
    expect(rest.map(({ tenant }) => tenant)).toEqual(texts.slice(evictedEntries));
    await reader.commit(rest.length);
    await eventually(() => expect(notices).toHaveLength(2));
    expect(notices[0]).toContain('lets its oldest entries go');
    expect(notices[1]).toContain(`${evictedEntries} of its entries were let go`);
  });

  it('refuses while Redis has no memory left, and recovers by itself', async () => {
    const queue = await open();
    await command((redis) => redis.config('SET', 'maxmemory', '1'));
    expect(await queue.append(entry('a'))).toMatchObject({ kind: 'unavailable', reason: 'redis_full' });
    expect(queue.stats().fault).toBe('redis_full');
    await command((redis) => redis.config('SET', 'maxmemory', '0'));
    await eventually(() => expect(queue.stats().fault).toBeUndefined());
    await appendText(queue, 'b');
  });

  it('refuses while Redis is read-only, and recovers by itself', async () => {
    const queue = await open();
    await command((redis) => redis.call('REPLICAOF', '127.0.0.1', '1'));
    expect(await queue.append(entry('a'))).toMatchObject({ kind: 'unavailable', reason: 'redis_readonly' });
    await command((redis) => redis.call('REPLICAOF', 'NO', 'ONE'));
    await appendAtLast(queue, 'b');
  });

  it('refuses where something else has the name of the stream', async () => {
    await command((redis) => redis.set('slipstream:traces', 'text'));
    const queue = await open();
    expect(await queue.append(entry('a'))).toMatchObject({ kind: 'unavailable', reason: 'redis_wrongtype' });
    await command((redis) => redis.del('slipstream:traces'));
    await appendAtLast(queue, 'b');
  });

  it('makes its group anew after FLUSHALL, with a notice, and goes on', async () => {
    const notices: string[] = [];
    const queue = await open({ onNotice: (line) => notices.push(line) });
    const reader = await queue.open('store');
    await appendText(queue, 'a');
    await readEntries(reader, 1);
    await command((redis) => redis.flushall());
    await appendText(queue, 'b');
    expect(await readTexts(reader)).toEqual(['b']);
    await reader.commit(2);
    await eventually(() => expect(queue.stats().backlog).toEqual({ store: 0 }));
    expect(notices).toEqual([expect.stringContaining('did not know the destination "store"')]);
  });

  it('bounds what waits for Redis', async () => {
    const queue = await open({ maxPendingBytes: 2 * MIB });
    server().freeze(true);
    const first = queue.append({ ...entry(''), payload: Buffer.alloc(MIB) });
    const second = queue.append({ ...entry(''), payload: Buffer.alloc(MIB) });
    expect(await queue.append(entry('x'))).toMatchObject({ kind: 'unavailable', reason: 'redis_slow' });
    server().freeze(false);
    expect((await Promise.all([first, second])).map(({ kind }) => kind)).toEqual(['ok', 'ok']);
  });

  it('locks its data directory against a second collector', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'DATA_DIRECTORY_LOCKED' });
  });
});
