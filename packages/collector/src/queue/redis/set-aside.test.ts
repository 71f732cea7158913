import { gzipSync } from 'node:zlib';
import { isRedisThere } from '@slipstream/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { useRedisQueues } from '../../../test/support/redis-queues.js';
import type { Queue, RetryOutcome, SetAsideEntry } from '../contract.js';
import { appendText, eventually, readTexts } from '../suite.js';

const STREAM = 'slipstream:traces';
const DEAD = 'slipstream:traces:dead';
const CLAIMS = `${DEAD}:claim:*`;
const DELIVERED: RetryOutcome = { kind: 'delivered' };
const { signal } = new AbortController();

describe.skipIf(!isRedisThere)('what a shared queue has set aside (needs redis-server)', () => {
  const { open, clear, command, server } = useRedisQueues();
  afterEach(clear);

  /** An entry that no reader takes, before a good one that a reader takes. */
  async function bury(queue: Queue, ...bad: readonly Readonly<Record<string, string | Buffer>>[]): Promise<void> {
    for (const fields of bad) await command((redis) => redis.xadd(STREAM, '*', ...Object.entries(fields).flat()));
    await appendText(queue, 'good');
    const reader = await queue.open('store');
    expect(await readTexts(reader)).toEqual(['good']);
    await reader.commit(1);
  }

  /** As a reader leaves it that was given it ten times: it can be read, and was never finished. */
  function buryReadable(text: string, group = 'store', header: readonly string[] = ['at', '5000']): Promise<unknown> {
    const own = ['v', '1', 'p', 'tenant', 'e', 'otlp+gzip', 'd', gzipSync(text)];
    return command((redis) =>
      redis.xadd(DEAD, '*', 'reason', 'given too often', 'group', group, 'id', '1-1', ...header, ...own),
    );
  }

  const retry = (queue: Queue, attempt: (letter: SetAsideEntry) => RetryOutcome, maxEntries = 100) =>
    queue.setAside!('store').retry({ maxEntries, signal }, async (letter) => attempt(letter));
  const summary = (queue: Queue, destination = 'store') => queue.setAside!(destination).summary();
  const textOf = ({ entry }: SetAsideEntry) => Buffer.from(entry.payload).toString();
  const deadCount = () => command((redis) => redis.xlen(DEAD));
  const claims = () => command((redis) => redis.keys(CLAIMS));

  it('is summed up by destination, for every collector', async () => {
    const [one, two] = [await open(), await open({ collector: 'two' })];
    expect(await summary(one)).toEqual({ entries: 0, bytes: 0, oldestMs: undefined, reasons: new Map() });
    await bury(one, { v: '2' }, { v: '3' });
    await buryReadable('x', 'langfuse');
    for (const queue of [one, two]) {
      const { entries, reasons, oldestMs, bytes } = await summary(queue);
      expect([entries, reasons]).toEqual([2, new Map([['its version is not known', 2]])]);
      expect(Math.abs(Date.now() - oldestMs!)).toBeLessThan(60_000);
      expect(bytes).toBeGreaterThan(50);
      expect(await summary(queue, 'langfuse')).toMatchObject({ entries: 1, oldestMs: 5000 });
    }
    await command((redis) => redis.flushall());
    expect(await summary(one)).toMatchObject({ entries: 0 });
  });

  it('is given once more, oldest first, and goes when it is delivered', async () => {
    const queue = await open();
    for (const text of ['a', 'b', 'c']) await buryReadable(text);
    const tried: string[] = [];
    const result = await retry(queue, (letter) => {
      tried.push(`${textOf(letter)} ${letter.entry.tenant} ${letter.entry.contentType} ${letter.reason}`);
      return DELIVERED;
    });
    expect(tried[0]).toBe('a tenant application/x-protobuf given too often');
    expect([tried.map((line) => line[0]), result]).toEqual([['a', 'b', 'c'], { delivered: 3, failed: 0 }]);
    expect([await deadCount(), await claims(), await summary(queue)]).toMatchObject([0, [], { entries: 0 }]);
  });

  it('goes behind the others when it is refused again, with the new reason and its old time', async () => {
    const queue = await open();
    for (const text of ['a', 'b', 'c']) await buryReadable(text);
    const refuse = (letter: SetAsideEntry): RetryOutcome => ({
      kind: 'refused',
      letters: [{ ...letter, reason: 'still bad' }],
    });
    expect(await retry(queue, refuse, 2)).toEqual({ delivered: 0, failed: 2 });
    expect(await summary(queue)).toMatchObject({
      entries: 3,
      oldestMs: 5000,
      reasons: new Map([
        ['given too often', 1],
        ['still bad', 2],
      ]),
    });
    const tried: string[] = [];
    await retry(queue, (letter) => {
      tried.push(textOf(letter));
      return DELIVERED;
    });
    expect(tried).toEqual(['c', 'a', 'b']);
  });

  it('shrinks to what was refused of it', async () => {
    const queue = await open();
    await buryReadable('whole');
    await retry(queue, ({ entry }) => ({
      kind: 'refused',
      letters: ['ha', 'lf'].map((text) => ({ entry: { ...entry, payload: Buffer.from(text) }, reason: 'half' })),
    }));
    const tried: string[] = [];
    await retry(queue, (letter) => {
      tried.push(textOf(letter));
      return DELIVERED;
    });
    expect(tried).toEqual(['ha', 'lf']);
  });

  it('all stays from the first on that finds its destination away, and can be tried at once', async () => {
    const queue = await open();
    for (const text of ['a', 'b', 'c']) await buryReadable(text);
    const result = await retry(queue, (letter) => (textOf(letter) === 'b' ? { kind: 'unavailable' } : DELIVERED));
    expect([result, await deadCount(), await claims()]).toEqual([{ delivered: 1, failed: 0 }, 2, []]);
    expect(await retry(queue, () => DELIVERED)).toEqual({ delivered: 2, failed: 0 });
  });

  it('goes behind the others without an attempt where it cannot be read, whole', async () => {
    const queue = await open();
    await bury(queue, { v: '2', x: 'whatever' });
    await buryReadable('a');
    const tried: string[] = [];
    const result = await retry(queue, (letter) => {
      tried.push(textOf(letter));
      return DELIVERED;
    });
    expect([tried, result]).toEqual([['a'], { delivered: 1, failed: 1 }]);
    const [[, fields]] = (await command((redis) => redis.xrange(DEAD, '-', '+'))) as [[string, string[]]];
    expect([fields.slice(0, 4), fields.slice(8)]).toEqual([
      ['reason', 'its version is not known', 'group', 'store'],
      ['v', '2', 'x', 'whatever'],
    ]);
  });

  it('is tried by one collector at a time, when two are asked at once', async () => {
    const [one, two] = [await open(), await open({ collector: 'two' })];
    const texts = Array.from({ length: 30 }, (_, index) => `${index}`);
    for (const text of texts) await buryReadable(text);
    const tried: string[] = [];
    const ask = (queue: Queue) =>
      queue.setAside!('store').retry({ maxEntries: 100, signal }, async (letter) => {
        tried.push(textOf(letter));
        // The other one meanwhile meets a letter that is in hand.
        await summary(queue);
        return textOf(letter) === '7' ? { kind: 'refused', letters: [letter] } : DELIVERED;
      });
    const results = await Promise.all([ask(one), ask(two)]);
    expect([...tried].sort()).toEqual([...texts].sort());
    expect(results[0]!.delivered + results[1]!.delivered).toBe(29);
    expect(await deadCount()).toBe(1);
  });

  it('is free again when the collector that had it in hand has died', async () => {
    const [one, two] = [await open({ timing: { renewMs: 60_000 } }), await open({ collector: 'two' })];
    await buryReadable('a');
    let tell = (_: RetryOutcome): void => undefined;
    const stuck = one.setAside!('store').retry(
      { maxEntries: 1, signal },
      () => new Promise((resolve) => (tell = resolve)),
    );
    await eventually(async () => expect(await claims()).toHaveLength(1));
    // Not renewed, as of a process that is gone.
    await eventually(async () => expect(await retry(two, () => DELIVERED)).toEqual({ delivered: 1, failed: 0 }));
    tell({ kind: 'refused', letters: [] });
    await stuck;
    expect(await deadCount()).toBe(0);
  });

  it('is renewed for as long as an attempt takes', async () => {
    const [one, two] = [await open(), await open({ collector: 'two' })];
    await buryReadable('a');
    let tell = (_: RetryOutcome): void => undefined;
    const slow = one.setAside!('store').retry(
      { maxEntries: 1, signal },
      () => new Promise((resolve) => (tell = resolve)),
    );
    await eventually(async () => expect(await claims()).toHaveLength(1));
    const begun = performance.now();
    await eventually(async () => {
      expect(await retry(two, () => DELIVERED)).toEqual({ delivered: 0, failed: 0 });
      // Several times what it takes to be given up.
      expect(performance.now() - begun).toBeGreaterThan(1500);
    });
    tell(DELIVERED);
    expect(await slow).toEqual({ delivered: 1, failed: 0 });
  });

  it('stays where it is when what is left of it cannot be written', async () => {
    const queue = await open();
    await buryReadable('a');
    const [before] = await command((redis) => redis.xrange(DEAD, '-', '+'));
    await command((redis) => redis.config('SET', 'maxmemory', '1'));
    try {
      const refused = retry(queue, (letter) => ({ kind: 'refused', letters: [letter] }));
      await expect(refused).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    } finally {
      await command((redis) => redis.config('SET', 'maxmemory', '0'));
    }
    expect(await command((redis) => redis.xrange(DEAD, '-', '+'))).toEqual([before]);
  });

  it('takes what an earlier version set aside, without a time', async () => {
    const queue = await open();
    await buryReadable('old', 'store', []);
    const [[id]] = (await command((redis) => redis.xrange(DEAD, '-', '+'))) as [[string, string[]]];
    expect(await summary(queue)).toMatchObject({ entries: 1, oldestMs: Number(id.split('-')[0]) });
    expect(await retry(queue, (letter) => (textOf(letter) === 'old' ? DELIVERED : { kind: 'unavailable' }))).toEqual({
      delivered: 1,
      failed: 0,
    });
  });

  it('is not harmed by what anyone else adds to the stream', async () => {
    const queue = await open();
    await command((redis) => redis.xadd(DEAD, '*', 'hello', 'world'));
    await command((redis) => redis.xadd(DEAD, '*', 'reason', 'r'.repeat(5000), 'group', 'store', 'id', '1', 'at', 'x'));
    await command((redis) => redis.xadd(DEAD, '*', 'reason', 'r', 'group', 'store'));
    const { entries, reasons } = await summary(queue);
    expect([entries, Math.max(...[...reasons.keys()].map(({ length }) => length))]).toEqual([2, 1000]);
    expect(await retry(queue, () => DELIVERED)).toEqual({ delivered: 0, failed: 2 });
    expect(await retry(queue, () => DELIVERED)).toEqual({ delivered: 0, failed: 2 });
  });

  it('is shown as it was seen last while Redis is away', async () => {
    const queue = await open();
    await buryReadable('a');
    expect(await summary(queue)).toMatchObject({ entries: 1 });
    await server().kill();
    expect(await summary(queue)).toMatchObject({ entries: 1 });
    await expect(retry(queue, () => DELIVERED)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await server().start();
  });
});
