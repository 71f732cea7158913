import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faultyFileSystem, systemError } from '../../test/support/faulty-file-system.js';
import { SimulatedDisk } from '../../test/support/simulated-disk.js';
import type { Queue } from './contract.js';
import { RECORD_HEADER_BYTES } from './record.js';
import { createSegmentQueue, type SegmentQueueSettings } from './segment-queue.js';
import { appendText, readTexts } from './suite.js';

/** `default` and `application/x-protobuf`, as the suite's entries have them. */
const LABEL_BYTES = 7 + 22;
const recordBytesOf = (text: string) => RECORD_HEADER_BYTES + LABEL_BYTES + Buffer.byteLength(text);

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipstream-queue-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function withQueue<T>(
  use: (queue: Queue) => Promise<T>,
  settings: Partial<SegmentQueueSettings> = {},
): Promise<T> {
  const queue = await createSegmentQueue({ directory, ...settings });
  try {
    return await use(queue);
  } finally {
    await queue.close();
  }
}

async function fill(...texts: string[]): Promise<void> {
  await withQueue(async (queue) => {
    for (const text of texts) await appendText(queue, text);
  });
}

async function segmentPaths(): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name.startsWith('segment-'));
  return names.sort().map((name) => join(directory, name));
}

async function onlySegment(): Promise<string> {
  const [path, ...others] = await segmentPaths();
  expect(others).toEqual([]);
  return path!;
}

/** Opens, reads everything, appends one more, and says what there was. */
async function readBack(): Promise<{ texts: string[]; nextId: number; quarantined: number }> {
  return withQueue(async (queue) => {
    const texts = await readTexts(await queue.open('reader'));
    const { nextId, quarantinedRecords } = queue.stats();
    return { texts, nextId, quarantined: quarantinedRecords };
  });
}

describe('a segment queue that starts', () => {
  it('cuts a tail that is torn at any byte of the last record', async () => {
    await fill('first', 'last');
    const path = await onlySegment();
    const whole = await readFile(path);
    const firstEnd = recordBytesOf('first');
    expect(whole.byteLength).toBe(firstEnd + recordBytesOf('last'));
    for (let end = firstEnd; end < whole.byteLength; end++) {
      await writeFile(path, whole.subarray(0, end));
      expect(await readBack(), `torn at ${end}`).toEqual({ texts: ['first'], nextId: 2, quarantined: 0 });
      expect((await stat(path)).size, `torn at ${end}`).toBe(firstEnd);
    }
  });

  it('goes on behind a torn tail', async () => {
    await fill('first', 'a long last record');
    const path = await onlySegment();
    await truncate(path, (await stat(path)).size - 3);
    await fill('next');
    expect((await readBack()).texts).toEqual(['first', 'next']);
  });

  it('reads on behind a record of which any one byte is wrong, and keeps a copy of that', async () => {
    await fill('first', 'middle', 'last');
    const path = await onlySegment();
    const whole = await readFile(path);
    const start = recordBytesOf('first');
    const end = start + recordBytesOf('middle');
    for (let at = start; at < end; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x10;
      await writeFile(path, damaged);
      await rm(join(directory, 'quarantine'), { recursive: true, force: true });
      expect(await readBack(), `byte ${at}`).toEqual({ texts: ['first', 'last'], nextId: 4, quarantined: 0 + 1 });
      const [copy] = await readdir(join(directory, 'quarantine'));
      expect(await readFile(join(directory, 'quarantine', copy!))).toEqual(damaged.subarray(start, end));
    }
  });

  it('keeps a copy of a last record that is whole by its length and wrong by its checksum', async () => {
    await fill('first', 'last');
    const path = await onlySegment();
    const damaged = await readFile(path);
    damaged[damaged.byteLength - 1]! ^= 1;
    await writeFile(path, damaged);
    expect(await readBack()).toEqual({ texts: ['first'], nextId: 2, quarantined: 1 });
  });

  it('counts a broken record once, over restarts', async () => {
    await fill('first', 'middle', 'last');
    const path = await onlySegment();
    const damaged = await readFile(path);
    damaged[recordBytesOf('first') + RECORD_HEADER_BYTES]! ^= 1;
    await writeFile(path, damaged);
    await readBack();
    await readBack();
    expect((await readBack()).quarantined).toBe(1);
  });

  it('is not fooled by a payload that looks like a record', async () => {
    await fill('first');
    const record = await readFile(await onlySegment());
    await withQueue(async (queue) => {
      await queue.append({ tenant: 'default', contentType: 'x', payload: record });
      await appendText(queue, 'last');
    });
    const path = await onlySegment();
    const damaged = await readFile(path);
    // The outer record's checksum: its payload is then searched for the next record.
    damaged[record.byteLength + 8]! ^= 1;
    await writeFile(path, damaged);
    const { texts } = await readBack();
    // The inner record has an id that was read already, so it is passed over and not delivered as new.
    expect(texts).toEqual(['first', 'last']);
  });

  it('takes an empty newest segment as it is, and keeps its place in the ids', async () => {
    await fill('first');
    await writeFile(join(directory, 'segment-0000000000000007-00000abc.v1'), '');
    expect(await readBack()).toEqual({ texts: ['first'], nextId: 7, quarantined: 0 });
    await fill('next');
    expect((await readBack()).texts).toEqual(['first', 'next']);
  });

  it('reads on behind a segment that lost its end', async () => {
    await withQueue(
      async (queue) => {
        for (const text of ['a', 'b', 'c', 'd']) await appendText(queue, text);
      },
      { maxSegmentBytes: 2 * recordBytesOf('a') },
    );
    const [oldest] = await segmentPaths();
    await truncate(oldest!, recordBytesOf('a') + 5);
    expect((await readBack()).texts).toEqual(['a', 'c', 'd']);
  });

  it('leaves files that are not its own alone', async () => {
    await writeFile(join(directory, 'notes.txt'), 'mine');
    await writeFile(join(directory, 'segment-12-abc.v1'), 'not a name of ours');
    await fill('first');
    expect((await readBack()).texts).toEqual(['first']);
    expect(await readFile(join(directory, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('delivers again what is still there when a cursor file cannot be read', async () => {
    await fill('a', 'b');
    await withQueue(async (queue) => (await queue.open('reader')).commit(1));
    await writeFile(join(directory, 'cursor-reader'), '2 00000000\n');
    expect((await readBack()).texts).toEqual(['a', 'b']);
  });

  it('reads no segment but the newest, whatever the backlog', async () => {
    await withQueue(
      async (queue) => {
        for (let index = 0; index < 40; index++) await appendText(queue, `entry ${index}`.padEnd(100, '.'));
      },
      { maxSegmentBytes: 400 },
    );
    const read = new Set<string>();
    const fs = faultyFileSystem({
      before: ({ operation, path }) => {
        if (operation === 'read') read.add(path);
      },
    });
    const queue = await createSegmentQueue({ directory, maxSegmentBytes: 400, fs });
    await queue.close();
    const paths = await segmentPaths();
    expect(paths.length).toBeGreaterThan(10);
    expect([...read]).toEqual([paths.at(-1)]);
  });

  it('makes durable what it finds, before anybody can see it', async () => {
    const disk = new SimulatedDisk(() => 0);
    const open = () => createSegmentQueue({ directory: '/queue', fs: disk.mount() });
    const first = await open();
    await appendText(first, 'a');
    // A process that wrote and was killed before its sync.
    const fs = disk.mount();
    const [segment] = (await fs.list('/queue')).filter(({ name }) => name.startsWith('segment-'));
    const path = join('/queue', segment!.name);
    const file = await fs.open(path, 'write');
    const record = Buffer.alloc(segment!.sizeBytes);
    await file.read(record, 0);
    await first.close();
    const other = new SimulatedDisk(() => 0);
    const otherFs = other.mount();
    const unsynced = await otherFs.create(path);
    for (let at = 0; at < record.byteLength; at++) await unsynced.write([record.subarray(at, at + 1)], at);
    await otherFs.syncDirectory('/queue');
    other.kill();

    const second = await createSegmentQueue({ directory: '/queue', fs: other.mount() });
    expect(await readTexts(await second.open('store', 0))).toEqual(['a']);
    other.losePower();
    const third = await createSegmentQueue({ directory: '/queue', fs: other.mount() });
    expect(await readTexts(await third.open('store', 0))).toEqual(['a']);
    await third.close();
  });

  it('fails with the reason where the directory cannot be used', async () => {
    const fs = faultyFileSystem({
      before: ({ operation }) => {
        if (operation === 'list') throw systemError('EIO');
      },
    });
    await expect(createSegmentQueue({ directory, fs })).rejects.toMatchObject({ code: 'DATA_DIRECTORY_UNUSABLE' });
    // The lock is not left behind.
    expect((await readBack()).texts).toEqual([]);
  });
});
