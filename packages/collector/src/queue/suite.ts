/** The cases that any {@link Queue} passes. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Queue, QueueEntry, QueueReader } from './contract.js';

/** One durable place for a queue, which can be opened again and again. */
export interface QueueHarness {
  /** Opens the queue as it lies there. */
  open(): Promise<Queue>;
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

/** Reads what is there without waiting. */
export async function readTexts(reader: QueueReader, maxBytes = READ_BYTES): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const entries = await reader.read(maxBytes, aborted);
    if (entries.length === 0) return all;
    all.push(...texts(entries));
  }
}

/** Runs the contract's cases against an implementation. */
export function describeQueue(name: string, makeHarness: () => Promise<QueueHarness>): void {
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

    it('gives rising ids from 1 and reads entries in order', async () => {
      expect(await appendText(queue, 'a')).toBe(1);
      expect(await appendText(queue, 'b')).toBe(2);
      const reader = await queue.open('store');
      const entries = await reader.read(READ_BYTES, never);
      expect(entries.map(({ id }) => id)).toEqual([1, 2]);
      expect(texts(entries)).toEqual(['a', 'b']);
    });

    it('keeps tenant, content type and every byte of the payload', async () => {
      const payload = randomBytes(70_000);
      await queue.append({ tenant: 'tenant-é', contentType: 'text/x-odd', payload });
      await queue.append({ tenant: '', contentType: '', payload: new Uint8Array(0) });
      await reopen();
      const [first, second] = await (await queue.open('store')).read(READ_BYTES, never);
      expect({ ...first, payload: undefined }).toEqual({ id: 1, tenant: 'tenant-é', contentType: 'text/x-odd' });
      expect(Buffer.compare(first?.payload ?? Buffer.alloc(0), payload)).toBe(0);
      expect(second).toMatchObject({ id: 2, tenant: '', contentType: '' });
      expect(second?.payload.byteLength).toBe(0);
    });

    it('takes many appends at once, each with its own id', async () => {
      const ids = await Promise.all(Array.from({ length: 1200 }, (_, index) => appendText(queue, `e${index}`)));
      expect([...ids].sort((a, b) => a - b)).toEqual(Array.from({ length: 1200 }, (_, index) => index + 1));
      expect(await readTexts(await queue.open('store'))).toHaveLength(1200);
    });

    it('keeps what was acknowledged when it is opened again, and goes on with the ids', async () => {
      await appendText(queue, 'a');
      await reopen();
      expect(await appendText(queue, 'b')).toBe(2);
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

    it('starts behind the durable cursor when it is opened again', async () => {
      for (const text of ['a', 'b', 'c']) await appendText(queue, text);
      const reader = await queue.open('store');
      await reader.read(READ_BYTES, never);
      await reader.commit(2);
      await reopen();
      expect(await readTexts(await queue.open('store'))).toEqual(['c']);
    });

    it('gives uncommitted entries again when it is opened again', async () => {
      await appendText(queue, 'a');
      await (await queue.open('store')).read(READ_BYTES, never);
      await reopen();
      expect(await readTexts(await queue.open('store'))).toEqual(['a']);
    });

    it('ignores a commit that is lower than one before', async () => {
      for (const text of ['a', 'b', 'c']) await appendText(queue, text);
      const reader = await queue.open('store');
      await reader.commit(3);
      await reader.commit(1);
      await reopen();
      expect(await readTexts(await queue.open('store'))).toEqual([]);
    });

    it('lets each destination go at its own pace', async () => {
      for (const text of ['a', 'b']) await appendText(queue, text);
      const store = await queue.open('store');
      const forward = await queue.open('forward');
      await store.commit(2);
      expect(await readTexts(forward)).toEqual(['a', 'b']);
      expect(queue.stats().backlog).toEqual({ store: 0, forward: 2 });
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

    it('takes a payload of almost any size and refuses one that never fits', async () => {
      const refused = await queue.append({ ...entry(''), payload: new Uint8Array(harness.tooLargeBytes) });
      expect(refused.kind).toBe('too_large');
      const largest = await queue.append({ ...entry(''), payload: new Uint8Array(harness.tooLargeBytes - 200) });
      expect(largest.kind).toBe('ok');
    });

    it('refuses appends once it is closed, and closes twice', async () => {
      await queue.close();
      await queue.close();
      expect(await queue.append(entry('a'))).toMatchObject({ kind: 'unavailable' });
      await expect(queue.open('store')).rejects.toMatchObject({ code: 'QUEUE_CLOSED' });
    });

    it('counts what each destination has before it', async () => {
      const reader = await queue.open('store');
      for (const text of ['a', 'b', 'c']) await appendText(queue, text);
      expect(queue.stats()).toMatchObject({ nextId: 4, backlog: { store: 3 }, quarantinedRecords: 0 });
      await reader.read(READ_BYTES, never);
      await reader.commit(2);
      expect(queue.stats().backlog).toEqual({ store: 1 });
      await reader.commit(3);
      expect(queue.stats().backlog).toEqual({ store: 0 });
    });

    it('refuses a destination name that is no file name', async () => {
      await expect(queue.open('../x')).rejects.toMatchObject({ code: 'INVALID_DESTINATION_NAME' });
    });
  });
}
