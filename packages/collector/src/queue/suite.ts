/** The cases that any {@link Queue} passes. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Queue, QueueEntry, QueueReader } from './contract.js';

/** One durable place for a queue, which can be opened again and again. */
export interface QueueHarness {
  /** Opens the queue as it lies there, for one of the collectors where several share it. */
  open(collector?: string): Promise<Queue>;
  /** Removes everything; every opened queue has been closed. */
  destroy(): Promise<void>;
  /** The size from which a payload can never be taken. */
  readonly tooLargeBytes: number;
}

const never = new AbortController().signal;
const aborted = AbortSignal.abort();
const READ_BYTES = 1024 * 1024;

function entry(text: string): Omit<QueueEntry, 'id'> {
  return { tenant: 'default', contentType: 'application/x-protobuf', payload: Buffer.from(text) };
}

function texts(entries: readonly QueueEntry[]): string[] {
  return entries.map(({ payload }) => Buffer.from(payload).toString());
}

/** Appends and expects it to be taken. */
export async function appendText(queue: Queue, text: string): Promise<number> {
  const result = await queue.append(entry(text));
  if (result.kind !== 'ok') throw new TypeError(`append was refused: ${JSON.stringify(result)}`);
  return result.id;
}

/** Waits until it no longer throws, which on a busy machine may take a while. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000, interval: 10 });
}

/** Reads entries until there were so many, waiting for them. */
export async function readEntries(reader: QueueReader, count: number): Promise<QueueEntry[]> {
  const all: QueueEntry[] = [];
  while (all.length < count) all.push(...(await reader.read(READ_BYTES, never)));
  return all;
}

/** Reads what is there without waiting. */
export async function readTexts(reader: QueueReader, maxBytes = READ_BYTES): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const entries = await reader.read(maxBytes, aborted);
    if (entries.length === 0) return all;
    all.push(...texts(entries));
  }
}

/** Runs the contract's cases against an implementation; `kind` says which of them it has to pass. */
export function describeQueue(
  name: string,
  kind: 'private' | 'shared',
  makeHarness: () => Promise<QueueHarness>,
): void {
  describe(`${name} keeps the queue contract`, () => {
    let harness: QueueHarness;
    let queue: Queue;

    beforeEach(async () => {
      harness = await makeHarness();
      queue = await harness.open();
    });

    afterEach(async () => {
      await queue.close();
      await harness.destroy();
    });

    async function reopen(): Promise<void> {
      await queue.close();
      queue = await harness.open();
    }

    it('says what kind it is, how much it takes, and that nothing is wrong', () => {
      expect(queue.isShared).toBe(kind === 'shared');
      expect(queue.stats()).toMatchObject({ nextId: 1, evictedEntries: 0, fault: undefined, warnings: [] });
      expect(queue.stats().maxBytes).toBeGreaterThan(0);
    });

    it('gives rising ids from 1 and reads entries in order', async () => {
      for (const text of ['a', 'b']) await appendText(queue, text);
      const reader = await queue.open('store');
      const entries = await readEntries(reader, 2);
      expect(entries.map(({ id }) => id)).toEqual([1, 2]);
      expect(texts(entries)).toEqual(['a', 'b']);
    });

    it('keeps tenant, content type and every byte of the payload', async () => {
      const payload = randomBytes(70_000);
      await queue.append({ tenant: 'tenant-é', contentType: 'text/x-odd', payload });
      await queue.append({ tenant: '', contentType: '', payload: new Uint8Array(0) });
      await queue.append({ tenant: 'default', contentType: 'application/json', payload: Buffer.from('{}') });
      await reopen();
      const [first, second, third] = await readEntries(await queue.open('store'), 3);
      expect({ ...first, payload: undefined, appendedAtMs: undefined }).toEqual({
        id: 1,
        tenant: 'tenant-é',
        contentType: 'text/x-odd',
      });
      expect(Buffer.compare(first?.payload ?? Buffer.alloc(0), payload)).toBe(0);
      expect(second).toMatchObject({ id: 2, tenant: '', contentType: '' });
      expect(second?.payload.byteLength).toBe(0);
      expect(third).toMatchObject({ id: 3, tenant: 'default', contentType: 'application/json' });
    });

    it('takes many appends at once', async () => {
      const expected = Array.from({ length: 1200 }, (_, index) => `e${index}`);
      await Promise.all(expected.map((text) => appendText(queue, text)));
      expect((await readTexts(await queue.open('store'))).sort()).toEqual(expected.sort());
    });

    it('keeps what was acknowledged when it is opened again', async () => {
      await appendText(queue, 'a');
      await reopen();
      await appendText(queue, 'b');
      expect(await readTexts(await queue.open('store'))).toEqual(['a', 'b']);
    });

    it('reads at most the bytes asked for, but at least one entry', async () => {
      for (const text of ['aaaa', 'bbbb', 'cccc']) await appendText(queue, text);
      const reader = await queue.open('store');
      expect(texts(await reader.read(8, never))).toEqual(['aaaa', 'bbbb']);
      expect(texts(await reader.read(1, never))).toEqual(['cccc']);
    });

    it('waits for an entry when there is none', async () => {
      const reader = await queue.open('store');
      const reading = reader.read(READ_BYTES, never);
      await appendText(queue, 'late');
      expect(texts(await reading)).toEqual(['late']);
    });

    it('stops waiting when the signal aborts, and when the queue closes', async () => {
      const reader = await queue.open('store');
      const controller = new AbortController();
      const reading = reader.read(READ_BYTES, controller.signal);
      controller.abort();
      expect(await reading).toEqual([]);
      const second = reader.read(READ_BYTES, never);
      await queue.close();
      expect(await second).toEqual([]);
    });

    it('goes on reading after a read was aborted', async () => {
      const reader = await queue.open('store');
      const controller = new AbortController();
      const reading = reader.read(READ_BYTES, controller.signal);
      controller.abort();
      await reading;
      await appendText(queue, 'a');
      expect(texts(await readEntries(reader, 1))).toEqual(['a']);
    });

    it('starts behind what was committed when it is opened again', async () => {
      for (const text of ['a', 'b', 'c']) await appendText(queue, text);
      const reader = await queue.open('store');
      await readEntries(reader, 3);
      await reader.commit(2);
      await reopen();
      expect(await readTexts(await queue.open('store'))).toEqual(['c']);
    });

    it('gives uncommitted entries again when it is opened again, before newer ones', async () => {
      await appendText(queue, 'a');
      await readEntries(await queue.open('store'), 1);
      await reopen();
      await appendText(queue, 'b');
      expect(await readTexts(await queue.open('store'))).toEqual(['a', 'b']);
    });

    it('gives uncommitted entries again to a reader that replaces another', async () => {
      await appendText(queue, 'a');
      await readEntries(await queue.open('store'), 1);
      expect(await readTexts(await queue.open('store'))).toEqual(['a']);
    });

    it('ignores a commit that is lower than one before', async () => {
      for (const text of ['a', 'b', 'c']) await appendText(queue, text);
      const reader = await queue.open('store');
      await readEntries(reader, 3);
      await reader.commit(3);
      await reader.commit(1);
      await reopen();
      expect(await readTexts(await queue.open('store'))).toEqual([]);
    });

    it('lets each destination go at its own pace', async () => {
      for (const text of ['a', 'b']) await appendText(queue, text);
      const store = await queue.open('store');
      const forward = await queue.open('forward');
      await readEntries(store, 2);
      await store.commit(2);
      expect(await readTexts(forward)).toEqual(['a', 'b']);
      await eventually(() => expect(queue.stats().backlog).toEqual({ store: 0, forward: 2 }));
    });

    it('gives a destination that is new all that is still there', async () => {
      const store = await queue.open('store');
      for (const text of ['a', 'b']) await appendText(queue, text);
      await readEntries(store, 2);
      expect(await readTexts(await queue.open('forward'))).toEqual(['a', 'b']);
    });

    it('takes a payload of almost any size and refuses one that never fits', async () => {
      const refused = await queue.append({ ...entry(''), payload: new Uint8Array(harness.tooLargeBytes) });
      expect(refused.kind).toBe('too_large');
      const largest = await queue.append({ ...entry(''), payload: new Uint8Array(harness.tooLargeBytes - 200) });
      expect(largest.kind).toBe('ok');
    });

    it('refuses labels that are longer than any of ours', async () => {
      const longest = { ...entry('a'), tenant: 't'.repeat(255) };
      expect((await queue.append(longest)).kind).toBe('ok');
      expect(await queue.append({ ...longest, tenant: 't'.repeat(256) })).toEqual({
        kind: 'too_large',
        limitBytes: 255,
      });
    });

    it('refuses appends once it is closed, and closes twice', async () => {
      await queue.close();
      await queue.close();
      expect(await queue.append(entry('a'))).toMatchObject({ kind: 'unavailable' });
      expect(queue.stats().fault).toBe('closing');
      await expect(queue.open('store')).rejects.toMatchObject({ code: 'QUEUE_CLOSED' });
    });

    it('counts what each destination has before it', async () => {
      const reader = await queue.open('store');
      for (const text of ['a', 'b', 'c']) await appendText(queue, text);
      await eventually(() =>
        expect(queue.stats()).toMatchObject({ nextId: 4, backlog: { store: 3 }, quarantinedRecords: 0 }),
      );
      await readEntries(reader, 3);
      await reader.commit(2);
      await eventually(() => expect(queue.stats().backlog).toEqual({ store: 1 }));
      await reader.commit(3);
      await eventually(() => expect(queue.stats().backlog).toEqual({ store: 0 }));
    });

    it('refuses a destination name that is no file name', async () => {
      await expect(queue.open('../x')).rejects.toMatchObject({ code: 'INVALID_DESTINATION_NAME' });
    });

    describe.runIf(kind === 'private')('as a private queue', () => {
      it('gives each append its own id, and goes on with them when it is opened again', async () => {
        const ids = await Promise.all(Array.from({ length: 100 }, (_, index) => appendText(queue, `e${index}`)));
        expect([...ids].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
        await reopen();
        expect(await appendText(queue, 'next')).toBe(101);
      });

      it('starts where the destination says, when that keeps its own cursor', async () => {
        for (const text of ['a', 'b', 'c']) await appendText(queue, text);
        expect(await readTexts(await queue.open('store', 1))).toEqual(['b', 'c']);
      });

      it('never gives an id again that a destination has passed, even when the queue itself was lost', async () => {
        const reader = await queue.open('store', 41);
        expect(await appendText(queue, 'a')).toBe(42);
        expect(await readTexts(reader)).toEqual(['a']);
        await reopen();
        expect(await appendText(queue, 'b')).toBe(43);
      });

      it('goes on with the ids after everything was delivered', async () => {
        await appendText(queue, 'a');
        const reader = await queue.open('store');
        await reader.commit(1);
        await reopen();
        expect(await appendText(queue, 'b')).toBe(2);
        expect(await readTexts(await queue.open('store'))).toEqual(['b']);
      });
    });

    describe.runIf(kind === 'shared')('as a shared queue', () => {
      let other: Queue;

      beforeEach(async () => {
        other = await harness.open('other');
      });

      afterEach(() => other.close());

      it('gives each entry to one of two collectors, and none is left out', async () => {
        const readers = [await queue.open('store'), await other.open('store')];
        const expected = Array.from({ length: 300 }, (_, index) => `e${index}`);
        const seen: string[] = [];
        const done = new AbortController();
        const reading = readers.map(async (reader) => {
          while (!done.signal.aborted) {
            const entries = await reader.read(20, done.signal);
            seen.push(...texts(entries));
            await reader.commit(entries.at(-1)?.id ?? 0);
            if (seen.length >= expected.length) done.abort();
          }
        });
        await Promise.all(expected.map((text, index) => appendText(index % 2 === 0 ? queue : other, text)));
        await Promise.all(reading);
        expect(seen.sort()).toEqual(expected.sort());
      });

      it('gives what a collector that closes had in hand to another at once', async () => {
        const reader = await queue.open('store');
        for (const text of ['a', 'b', 'c']) await appendText(queue, text);
        await readEntries(reader, 3);
        await reader.commit(1);
        const heir = await other.open('store');
        await queue.close();
        expect(texts(await readEntries(heir, 2))).toEqual(['b', 'c']);
      });

      it('gives what one collector appended to the other', async () => {
        await appendText(queue, 'a');
        expect(texts(await readEntries(await other.open('store'), 1))).toEqual(['a']);
      });
    });
  });
}
