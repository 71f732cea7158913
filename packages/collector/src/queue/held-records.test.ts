import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { append, recordBytesOf, useFaultyQueue } from '../../test/support/faulty-queue.js';
import { appendText, readTexts } from './suite.js';

const { open } = useFaultyQueue();
const MIB = 1024 * 1024;

/** A queue that counts how often its segments are read. */
async function openCounting(settings: Parameters<typeof open>[1] = {}) {
  const counts = { reads: 0 };
  const queue = await open(
    {
      before: ({ operation, path }) => {
        if (operation === 'read' && basename(path).startsWith('segment-')) counts.reads++;
      },
    },
    settings,
  );
  return { queue, counts };
}

describe('what is appended while a reader is there', () => {
  it('is given to every reader without reading it back, from one segment to the next', async () => {
    const { queue, counts } = await openCounting({ maxSegmentBytes: 2 * recordBytesOf('a') });
    const [store, forward] = [await queue.open('store'), await queue.open('forward')];
    const texts = ['a', 'b', 'c', 'd', 'e'];
    for (const text of texts) await appendText(queue, text);
    expect(await readTexts(store, 1)).toEqual(texts);
    expect(await readTexts(forward)).toEqual(texts);
    expect(counts.reads).toBe(0);
    await store.commit(5);
    await forward.commit(5);
    expect(queue.stats().backlog).toEqual({ store: 0, forward: 0 });
  });

  it('comes behind what was there before, each once', async () => {
    const { queue, counts } = await openCounting();
    for (const text of ['a', 'b']) await appendText(queue, text);
    const reader = await queue.open('store');
    for (const text of ['c', 'd']) await appendText(queue, text);
    expect(await readTexts(reader)).toEqual(['a', 'b', 'c', 'd']);
    expect(counts.reads).toBe(1);
  });

  it('is read from the disk where it is more than is held, in order and none left out', async () => {
    const { queue, counts } = await openCounting();
    const reader = await queue.open('store');
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(12 * MIB));
    for (const text of texts) expect((await append(queue, text)).kind).toBe('ok');
    const read = await readTexts(reader);
    expect(read.map((text) => [text[0], text.length])).toEqual(texts.map((text) => [text[0], text.length]));
    expect(counts.reads).toBeGreaterThan(0);
  });

  it('comes in order to a reader that is always a little behind', async () => {
    const { queue, counts } = await openCounting();
    const reader = await queue.open('store');
    for (const text of ['0', '1', '2']) await appendText(queue, text);
    const read: string[] = [];
    for (let next = 3; next < 200; next++) {
      await appendText(queue, String(next));
      const [entry] = await reader.read(1, AbortSignal.abort());
      if (entry) read.push(Buffer.from(entry.payload).toString());
    }
    expect(read).toEqual(Array.from({ length: 197 }, (_, index) => String(index)));
    expect(counts.reads).toBe(0);
  });
});
