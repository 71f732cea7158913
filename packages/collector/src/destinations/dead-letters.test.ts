import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDeadLetters, type DeadLetter, type DeadLetters, type ReplayAttempt } from './dead-letters.js';

let directory: string;
let path: string;
const lost: number[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipstream-letters-'));
  path = join(directory, 'dead', 'x.ndjson');
  lost.length = 0;
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const open = (maxFileBytes?: number) =>
  createDeadLetters({ path, onLost: (count) => lost.push(count), ...(maxFileBytes && { maxFileBytes }) });

const letter = (id: number, reason = 'bad', text = `payload ${id}`): DeadLetter => ({
  entry: { id, tenant: 'default', contentType: 'application/x-protobuf', payload: Buffer.from(text) },
  reason,
});

const DELIVERED: ReplayAttempt = { kind: 'delivered' };
const { signal } = new AbortController();

/** Replays and gives the ids in the order in which they were tried. */
async function replay(letters: DeadLetters, attempt: (letter: DeadLetter) => ReplayAttempt, maxEntries = 100) {
  const tried: number[] = [];
  const result = await letters.replay({ maxEntries, signal }, async (each) => {
    tried.push(each.entry.id);
    return attempt(each);
  });
  return { tried, result };
}

describe('dead letters', () => {
  it('keep the whole entry, and can be read by a person', async () => {
    await open().add([letter(7, 'HTTP 400: no')]);
    expect(JSON.parse((await readFile(path, 'utf8')).trim())).toMatchObject({
      id: 7,
      tenant: 'default',
      contentType: 'application/x-protobuf',
      reason: 'HTTP 400: no',
      payload: Buffer.from('payload 7').toString('base64'),
    });
  });

  it('are summed up, also those of an earlier process', async () => {
    const empty = await open().summary();
    expect(empty).toEqual({ entries: 0, bytes: 0, oldestMs: undefined, reasons: {} });
    await open().add([letter(1, 'a'), letter(2, 'b')]);
    const letters = open();
    await letters.add([letter(3, 'b')]);
    const summary = await letters.summary();
    expect(summary).toMatchObject({ entries: 3, bytes: (await stat(path)).size, reasons: { a: 1, b: 2 } });
    expect(await open().summary()).toEqual(summary);
    expect(summary.oldestMs).toBeGreaterThan(0);
  });

  it('are summed up with at most twenty reasons', async () => {
    const letters = open();
    await letters.add(Array.from({ length: 30 }, (_, id) => letter(id, `reason ${id}`)));
    await letters.add([letter(99, 'reason 29')]);
    const { reasons } = await letters.summary();
    expect(Object.keys(reasons)).toHaveLength(20);
    expect(reasons).toMatchObject({ 'reason 29': 2, 'other reasons': 11 });
  });

  it('keep one older file, and say how many went with the one before that', async () => {
    const letters = open(10);
    for (let id = 1; id <= 3; id++) await letters.add([letter(id)]);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ id: 3 });
    expect(JSON.parse(await readFile(`${path}.1`, 'utf8'))).toMatchObject({ id: 2 });
    expect([lost, letters.lostCount()]).toEqual([[1], 1]);
    expect(await letters.summary()).toMatchObject({ entries: 2 });
  });

  it('are tried again, oldest first, and go when they are delivered', async () => {
    const letters = open(10);
    await letters.add([letter(1), letter(2)]);
    await letters.add([letter(3)]);
    const payloads: string[] = [];
    const { tried, result } = await replay(letters, ({ entry }) => {
      payloads.push(Buffer.from(entry.payload).toString());
      return DELIVERED;
    });
    expect([tried, payloads[0]]).toEqual([[1, 2, 3], 'payload 1']);
    expect(result).toEqual({ delivered: 3, failed: 0, remaining: 0 });
    await expect(stat(path)).rejects.toThrow();
    expect(await open().summary()).toMatchObject({ entries: 0 });
  });

  it('stay when they are refused again, with the new reason and behind the others', async () => {
    const letters = open();
    await letters.add([letter(1), letter(2), letter(3)]);
    const first = await replay(
      letters,
      (each) => ({ kind: 'refused', letters: [{ ...each, reason: 'still bad' }] }),
      2,
    );
    expect(first).toEqual({ tried: [1, 2], result: { delivered: 0, failed: 2, remaining: 3 } });
    expect(await letters.summary()).toMatchObject({ reasons: { 'still bad': 2, bad: 1 } });
    const second = await replay(letters, () => DELIVERED, 1);
    expect(second).toEqual({ tried: [3], result: { delivered: 1, failed: 0, remaining: 2 } });
  });

  it('shrink to what was refused of them', async () => {
    const letters = open();
    await letters.add([letter(1)]);
    await replay(letters, ({ entry }) => ({ kind: 'refused', letters: [letter(entry.id, 'half', 'half')] }));
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ payload: Buffer.from('half').toString('base64') });
  });

  it('all stay from the first on that finds its destination away', async () => {
    const letters = open();
    await letters.add([letter(1), letter(2), letter(3)]);
    const { tried, result } = await replay(letters, ({ entry }) =>
      entry.id === 2 ? { kind: 'unavailable' } : DELIVERED,
    );
    expect([tried, result]).toEqual([[1, 2], { delivered: 1, failed: 0, remaining: 2 }]);
  });

  it('are not tried when they come during a replay, and are not lost to it', async () => {
    const letters = open(10);
    await letters.add([letter(1)]);
    let isFirst = true;
    const result = await letters.replay({ maxEntries: 10, signal }, async () => {
      if (isFirst) await letters.add([letter(2), letter(3)]);
      isFirst = false;
      return DELIVERED;
    });
    expect(result).toEqual({ delivered: 1, failed: 0, remaining: 2 });
    expect((await replay(letters, () => DELIVERED)).tried).toEqual([2, 3]);
  });

  it('are replayed by one at a time', async () => {
    const letters = open();
    await letters.add([letter(1)]);
    const both = await Promise.all([replay(letters, () => DELIVERED), replay(letters, () => DELIVERED)]);
    expect(both.map(({ tried }) => tried)).toEqual([[1], []]);
  });

  it('stop being tried when whoever asked has gone', async () => {
    const letters = open();
    await letters.add([letter(1), letter(2)]);
    const asking = new AbortController();
    const result = await letters.replay({ maxEntries: 10, signal: asking.signal }, async () => {
      asking.abort();
      return DELIVERED;
    });
    expect(result).toEqual({ delivered: 1, failed: 0, remaining: 1 });
  });

  it('are not harmed by a line that a crash left unfinished', async () => {
    await open().add([letter(1)]);
    await appendFile(path, '{"id":2,"tenant":"default","contentType":"x","rea');
    const letters = open();
    await letters.add([letter(3)]);
    expect(await letters.summary()).toMatchObject({ entries: 2 });
    expect((await replay(letters, () => DELIVERED)).tried).toEqual([1, 3]);
  });

  it('take what an earlier version wrote', async () => {
    await mkdir(dirname(path), { recursive: true });
    const old = {
      id: 4,
      tenant: 't',
      contentType: 'c',
      reason: 'r',
      atMs: 5,
      payload: Buffer.from('x').toString('base64'),
    };
    await writeFile(path, `${JSON.stringify(old)}\n`);
    expect(await open().summary()).toMatchObject({ entries: 1, oldestMs: 5 });
    expect((await replay(open(), () => DELIVERED)).tried).toEqual([4]);
  });

  it('hold payloads of megabytes', async () => {
    const letters = open();
    const payload = Buffer.alloc(5 * 1024 * 1024, 'x').toString();
    await letters.add([letter(1, 'large', payload), letter(2)]);
    let size = 0;
    const { tried } = await replay(letters, ({ entry }) => {
      size = Math.max(size, entry.payload.byteLength);
      return DELIVERED;
    });
    expect([tried, size]).toEqual([[1, 2], payload.length]);
  });
});
