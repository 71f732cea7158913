import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isRedisThere } from '@slipstream/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { QUICK, useRedisQueues } from '../../../test/support/redis-queues.js';
import type { Queue } from '../contract.js';
import { appendText, eventually, readEntries, readTexts } from '../suite.js';

const STREAM = 'slipstream:traces';
const GROUP = 'store';

describe.skipIf(!isRedisThere)('collectors that share a Redis (needs redis-server)', () => {
  const { open, clear, command } = useRedisQueues();
  afterEach(clear);

  /** Takes everything as a reader that then dies. */
  const takeAndDie = (count = 100) =>
    command((redis) => redis.xreadgroup('GROUP', GROUP, 'dead', 'COUNT', count, 'STREAMS', STREAM, '>'));
  const appendAll = async (queue: Queue, texts: readonly string[]) => {
    for (const text of texts) await appendText(queue, text);
  };
  /** Packed, this fills a node of the stream, by which it is trimmed. */
  const appendLarge = (queue: Queue) =>
    queue.append({ tenant: 't', contentType: 'application/x-protobuf', payload: randomBytes(6000) });
  const length = () => command((redis) => redis.xlen(STREAM));

  it('take over what a reader that died had been given', async () => {
    const queue = await open();
    const reader = await queue.open(GROUP);
    await appendAll(queue, ['a', 'b', 'c']);
    await takeAndDie(2);
    expect(await readTexts(reader)).toEqual(['c']);
    const texts = (await readEntries(reader, 2)).map(({ payload }) => Buffer.from(payload).toString());
    expect(texts).toEqual(['a', 'b']);
    await reader.commit(3);
    await eventually(() => expect(queue.stats().backlog).toEqual({ store: 0 }));
  });

  it('leave alone what a living reader has under way, however long that takes', async () => {
    const [one, two] = [await open(), await open({ collector: 'two' })];
    const [slow, quick] = [await one.open(GROUP), await two.open(GROUP)];
    await appendText(one, 'long');
    await readEntries(slow, 1);
    const controller = new AbortController();
    const reading = quick.read(1000, controller.signal);
    // Several times what it takes to be given up.
    await delay(3 * QUICK.claimIdleMs);
    controller.abort();
    expect(await reading).toEqual([]);
    await slow.commit(1);
    await eventually(() => expect(one.stats().backlog).toEqual({ store: 0 }));
  });

  it('give a reader its own first after a restart, and no other reader meanwhile', async () => {
    const first = await open({ timing: { claimIdleMs: 60_000 } });
    await appendAll(first, ['a', 'b']);
    await readEntries(await first.open(GROUP), 2);
    const id = await command((redis) => redis.call('XINFO', 'CONSUMERS', STREAM, GROUP));
    await first.close();
    const again = await open({ timing: { claimIdleMs: 60_000 } });
    await appendText(again, 'c');
    expect(await readTexts(await again.open(GROUP))).toEqual(['a', 'b', 'c']);
    const later = await command((redis) => redis.call('XINFO', 'CONSUMERS', STREAM, GROUP));
    expect((later as string[][]).map((row) => row[1])).toEqual((id as string[][]).map((row) => row[1]));
  });

  it('trim only behind the slowest destination', async () => {
    const queue = await open();
    const [fast, slow] = [await queue.open('fast'), await queue.open('slow')];
    for (let index = 0; index < 10; index++) await appendLarge(queue);
    await readEntries(fast, 10);
    await fast.commit(10);
    await readEntries(slow, 10);
    await slow.commit(4);
    // What has been dealt with goes; the oldest that has not stays, with all behind it.
    await eventually(async () => expect(await length()).toBe(6));
    await slow.commit(10);
    await eventually(async () => expect(await length()).toBe(1));
    await eventually(() => expect(queue.stats().bytes).toBeLessThan(12_000));
  });

  it('trim nothing before an entry that is under way, though later ones are done', async () => {
    const [one, two] = [await open(), await open({ collector: 'two' })];
    const [stuck, other] = [await one.open(GROUP), await two.open(GROUP)];
    await appendLarge(one);
    await readEntries(stuck, 1);
    for (let index = 0; index < 5; index++) await appendLarge(one);
    await readEntries(other, 5);
    await other.commit(5);
    await eventually(() => expect(one.stats().backlog).toEqual({ store: 1 }));
    await delay(5 * QUICK.sampleMs);
    expect(await length()).toBe(6);
  });

  it('trim nothing while nobody reads', async () => {
    const queue = await open();
    for (let index = 0; index < 5; index++) await appendLarge(queue);
    await eventually(() => expect(queue.stats().bytes).toBeGreaterThan(30_000));
    await delay(5 * QUICK.sampleMs);
    expect(await length()).toBe(5);
  });

  it('give entries alone that were given again and again, and set them aside in the end', async () => {
    const notices: string[] = [];
    const queue = await open({ onNotice: (line) => notices.push(line) });
    const first = await queue.open(GROUP);
    await appendAll(queue, ['poison', 'good']);
    await takeAndDie();
    const ids = (await command((redis) => redis.xrange(STREAM, '-', '+'))).map(([id]) => id);
    const setDeliveries = (count: number) =>
      command((redis) =>
        redis.call('XCLAIM', STREAM, GROUP, 'dead', 0, ...ids, 'RETRYCOUNT', count, 'IDLE', 9999, 'JUSTID'),
      );
    await setDeliveries(3);
    expect(await first.read(1000, AbortSignal.timeout(5000))).toHaveLength(1);
    await setDeliveries(10);
    const again = await queue.open(GROUP);
    await appendText(queue, 'new');
    await eventually(() => expect(queue.stats().quarantinedRecords).toBe(0));
    expect(await readTexts(again)).toEqual(['new']);
    await eventually(async () => {
      await readTexts(again);
      expect(queue.stats().quarantinedRecords).toBe(2);
    });
    expect(notices[0]).toContain('it was given too often and never finished');
    const dead = await command((redis) => redis.xrange('slipstream:traces:dead', '-', '+'));
    expect(dead.map(([, fields]) => fields.slice(4, 6))).toEqual(ids.map((id) => ['id', id]));
  });

  it('count no attempt where a collector was only restarted', async () => {
    for (let restart = 0; restart < 12; restart++) {
      const queue = await open();
      const reader = await queue.open(GROUP);
      if (restart === 0) await appendText(queue, 'a');
      expect(await readTexts(reader)).toEqual(['a']);
      await queue.close();
    }
  });

  it('forget the group of a destination that no collector has any more, and readers that are gone', async () => {
    const first = await open({ collector: 'gone' });
    await first.open('old');
    await (await first.open(GROUP)).read(1, AbortSignal.abort());
    for (let index = 0; index < 3; index++) await appendLarge(first);
    await first.close();
    const notices: string[] = [];
    const queue = await open({
      destinations: [GROUP],
      onNotice: (line) => notices.push(line),
      timing: { retireIdleMs: 200 },
    });
    const reader = await queue.open(GROUP);
    await readEntries(reader, 3);
    await reader.commit(3);
    const controller = new AbortController();
    const reading = reader.read(1, controller.signal);
    await eventually(() => expect(notices).toEqual([expect.stringContaining('destination "old" is in no settings')]));
    await eventually(async () => expect(await length()).toBe(1));
    await eventually(async () => {
      const readers = (await command((redis) => redis.call('XINFO', 'CONSUMERS', STREAM, GROUP))) as unknown[];
      expect(readers).toHaveLength(1);
    });
    controller.abort();
    await reading;
    expect(await command((redis) => redis.call('XINFO', 'GROUPS', STREAM))).toHaveLength(1);
  });

  it('keep the group of a destination that another collector still has', async () => {
    const other = await open({ collector: 'two' });
    const reading = (await other.open('forward')).read(1000, new AbortController().signal);
    const gone = await open({ collector: 'gone' });
    await gone.open('old');
    await gone.close();
    const notices: string[] = [];
    const onNotice = (line: string) => void notices.push(line);
    const queue = await open({ destinations: [GROUP], onNotice, timing: { retireIdleMs: 1000 } });
    // Made later and not used since, it goes; the one that is read stays.
    await eventually(() => expect(notices).toEqual([expect.stringContaining('"old"')]));
    await appendText(queue, 'a');
    expect(await reading).toHaveLength(1);
  });
});
