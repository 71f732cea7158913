import { describe, expect, it } from 'vitest';
import { append, recordBytesOf, useFaultyQueue } from '../../test/support/faulty-queue.js';
import { appendText, readEntries, readTexts } from './suite.js';

const { open, segmentNames } = useFaultyQueue();
const BYTES = recordBytesOf('12345');

describe('a segment queue that fills up', () => {
  it('warns from four fifths of its limit on, and no more below three quarters', async () => {
    const target = await open({}, { maxSegmentBytes: BYTES, maxQueueBytes: 20 * BYTES });
    for (let index = 0; index < 15; index++) await append(target, '12345');
    expect(target.stats()).toMatchObject({ maxBytes: 20 * BYTES, bytes: 15 * BYTES, warnings: [] });
    await append(target, '12345');
    expect(target.stats().warnings).toEqual([expect.stringContaining('nearly full')]);
    const reader = await target.open('store');
    await reader.commit(1);
    expect(target.stats()).toMatchObject({ bytes: 15 * BYTES, warnings: [expect.any(String)] });
    await reader.commit(2);
    expect(target.stats()).toMatchObject({ bytes: 14 * BYTES, warnings: [] });
  });

  it('warns when it is opened nearly full', async () => {
    const settings = { maxSegmentBytes: BYTES, maxQueueBytes: 5 * BYTES };
    const first = await open({}, settings);
    for (let index = 0; index < 4; index++) await append(first, '12345');
    await first.close();
    expect((await open({}, settings)).stats().warnings).toHaveLength(1);
  });
});

describe('a segment queue that may evict', () => {
  const settings = { maxSegmentBytes: BYTES, maxQueueBytes: 10 * BYTES, evictWhenFull: true };

  it('lets its oldest entries go instead of refusing, counts them, and says so once', async () => {
    const notices: string[] = [];
    const target = await open({}, { ...settings, onNotice: (line) => notices.push(line) });
    const reader = await target.open('store');
    for (let id = 1; id <= 14; id++) expect(await append(target, `${id}`.padStart(5))).toEqual({ kind: 'ok', id });
    expect(target.stats()).toMatchObject({
      bytes: 10 * BYTES,
      evictedEntries: 4,
      fault: undefined,
      backlog: { store: 10 },
    });
    expect(notices).toEqual([expect.stringContaining('lets its oldest entries go')]);
    expect((await readTexts(reader)).map(Number)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    await reader.commit(14);
    expect(notices).toEqual([expect.any(String), expect.stringContaining('4 of its entries were let go')]);
  });

  it('counts only what some destination had before it', async () => {
    const target = await open({}, settings);
    const [fast, slow] = [await target.open('fast'), await target.open('slow')];
    for (let id = 1; id <= 10; id++) await append(target, '12345');
    await fast.commit(10);
    await slow.commit(3);
    // The first three are gone already; two more segments have to go for these.
    for (let id = 11; id <= 15; id++) await append(target, '12345');
    expect(target.stats().evictedEntries).toBe(2);
    await slow.commit(15);
    expect(target.stats().evictedEntries).toBe(2);
  });

  it('lets a reader go on behind the segment it stood in', async () => {
    const target = await open({}, { ...settings, maxSegmentBytes: 4 * BYTES });
    const reader = await target.open('store');
    for (let id = 1; id <= 8; id++) await append(target, `${id}`.padStart(5));
    expect((await reader.read(5, AbortSignal.abort())).map(({ id }) => id)).toEqual([1]);
    for (let id = 9; id <= 12; id++) await append(target, `${id}`.padStart(5));
    expect((await readTexts(reader)).map(Number)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    await reader.commit(12);
    expect(target.stats().backlog).toEqual({ store: 0 });
  });

  it('evicts even the segment that is being written, and goes on with the ids', async () => {
    const target = await open({}, { maxSegmentBytes: 8 * BYTES, maxQueueBytes: 3 * BYTES, evictWhenFull: true });
    for (let id = 1; id <= 4; id++) expect(await append(target, '12345')).toEqual({ kind: 'ok', id });
    expect((await readEntries(await target.open('store'), 1)).map(({ id }) => id)).toEqual([4]);
    expect(target.stats().evictedEntries).toBe(3);
    await target.close();
    const again = await open({}, { maxSegmentBytes: 8 * BYTES });
    expect(await appendText(again, 'next')).toBe(5);
  });

  it('still refuses what is larger than the whole queue', async () => {
    const target = await open({}, { maxSegmentBytes: 8 * BYTES, maxQueueBytes: BYTES, evictWhenFull: true });
    expect((await append(target, '12345')).kind).toBe('ok');
    expect(await append(target, '123456')).toMatchObject({ kind: 'unavailable', reason: 'queue_full' });
  });

  it('takes appends that come together in batches that fit', async () => {
    const target = await open({}, settings);
    const results = await Promise.all(Array.from({ length: 40 }, () => append(target, '12345')));
    expect(results.every(({ kind }) => kind === 'ok')).toBe(true);
    expect(target.stats()).toMatchObject({ bytes: 10 * BYTES, evictedEntries: 30 });
  });
});

describe('a segment queue with a destination that is gone', () => {
  const settings = { maxSegmentBytes: BYTES };

  it('forgets its place, says so once, and frees what only it held back', async () => {
    const first = await open({}, settings);
    await first.open('old');
    const store = await first.open('store');
    for (let index = 0; index < 4; index++) await append(first, '12345');
    await store.commit(3);
    expect(await segmentNames()).toHaveLength(4);
    await first.close();
    const notices: string[] = [];
    const reopen = () =>
      open({}, { ...settings, destinations: ['store', 'new'], onNotice: (line) => notices.push(line) });
    const again = await reopen();
    expect(notices).toEqual([
      'destination "old" is gone from the settings: its place is forgotten, 4 entries were before it',
    ]);
    expect(again.stats().backlog).toEqual({ store: 1 });
    expect(await segmentNames()).toHaveLength(1);
    await again.close();
    await reopen();
    expect(notices).toHaveLength(1);
  });

  it('keeps every place where no list is given', async () => {
    const first = await open({}, settings);
    await first.open('old');
    await first.close();
    expect((await open({}, settings)).stats().backlog).toEqual({ old: 0 });
  });
});
