/** Whatever happens to the bytes of the queue's files, what is whole is read, and what is not is set aside and said. */
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RECORD_HEADER_BYTES } from './record.js';
import { createSegmentQueue } from './segment-queue.js';
import { appendText, readTexts } from './suite.js';

/** `default` and `application/x-protobuf`, as the suite's entries have them. */
const [TENANT_BYTES, CONTENT_TYPE_BYTES] = [7, 22];
const recordBytesOf = (text: string) =>
  RECORD_HEADER_BYTES + TENANT_BYTES + CONTENT_TYPE_BYTES + Buffer.byteLength(text);

const TEXTS = ['first', 'second', 'third'];
const SEGMENT_BYTES = 4 * recordBytesOf('a longer text');

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipstream-queue-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A queue of which the reader has passed `passed` entries. */
async function fill(texts: readonly string[], passed = 0): Promise<void> {
  const queue = await createSegmentQueue({ directory, maxSegmentBytes: SEGMENT_BYTES });
  const reader = await queue.open('reader');
  for (const text of texts) await appendText(queue, text);
  if (passed > 0) await reader.commit(passed);
  await queue.close();
}

interface Reading {
  readonly texts: readonly string[];
  readonly quarantined: number;
  readonly notices: readonly string[];
}

/** Opens the queue, reads it to its end, and appends one more, which has to come last. */
async function readBack(): Promise<Reading> {
  const notices: string[] = [];
  const settings = { directory, maxSegmentBytes: SEGMENT_BYTES, onNotice: (line: string) => notices.push(line) };
  const queue = await createSegmentQueue(settings);
  try {
    const reader = await queue.open('reader');
    const texts = await readTexts(reader);
    await appendText(queue, 'after');
    expect(await readTexts(reader)).toEqual(['after']);
    return { texts, quarantined: queue.stats().quarantinedRecords, notices };
  } finally {
    await queue.close();
  }
}

async function segmentPaths(): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name.startsWith('segment-'));
  return names.sort().map((name) => join(directory, name));
}

/** Where each part of a record lies, from its beginning. */
const PLACES = {
  marker: [0, 4],
  length: [4, 8],
  checksum: [8, 12],
  id: [12, 20],
  'length of the tenant': [20, 22],
  'length of the content type': [22, 24],
  tenant: [24, 24 + TENANT_BYTES],
  'content type': [24 + TENANT_BYTES, 24 + TENANT_BYTES + CONTENT_TYPE_BYTES],
  payload: [24 + TENANT_BYTES + CONTENT_TYPE_BYTES, recordBytesOf('second')],
} as const;

const DAMAGES = {
  'a bit flipped': (bytes: Buffer, from: number) => {
    bytes[from]! ^= 0x10;
  },
  'every bit flipped': (bytes: Buffer, from: number, to: number) => {
    for (let at = from; at < to; at++) bytes[at]! ^= 0xff;
  },
  zeroed: (bytes: Buffer, from: number, to: number) => bytes.fill(0, from, to),
} as const;

describe('a segment queue with damaged files', () => {
  for (const [place, [from, to]] of Object.entries(PLACES)) {
    it.each(Object.entries(DAMAGES))(`${place} of a record in the middle, %s`, async (_name, damage) => {
      await fill(['fourth', 'second', 'third']);
      const [path] = await segmentPaths();
      const bytes = await readFile(path!);
      const start = recordBytesOf('fourth');
      damage(bytes, start + from, start + to);
      await writeFile(path!, bytes);
      const { texts, quarantined, notices } = await readBack();
      expect(texts).toEqual(['fourth', 'third']);
      expect(quarantined).toBe(1);
      expect(notices).toEqual([expect.stringContaining('1 broken record')]);
      expect((await readBack()).notices).toEqual([expect.stringContaining('since earlier: 1 broken record')]);
    });

    it.each(Object.entries(DAMAGES))(`${place} of the last record, %s`, async (_name, damage) => {
      await fill(['first', 'fourth', 'second']);
      const [path] = await segmentPaths();
      const bytes = await readFile(path!);
      const start = recordBytesOf('first') + recordBytesOf('fourth');
      damage(bytes, start + from, start + to);
      await writeFile(path!, bytes);
      const { texts, quarantined, notices } = await readBack();
      expect(texts).toEqual(['first', 'fourth']);
      expect(quarantined).toBe(1);
      expect(notices.join('\n')).toMatch(/1 broken record[\s\S]*bytes that a crash left behind were cut/);
    });
  }

  it.each(Object.entries(PLACES))('cut off in the %s of the newest segment', async (_place, [from]) => {
    await fill(TEXTS);
    const [path] = await segmentPaths();
    const start = recordBytesOf('first');
    await truncate(path!, start + from);
    const { texts, notices } = await readBack();
    expect(texts).toEqual(['first']);
    // Cut at the end of a record there is nothing to see.
    if (from > 0) expect(notices).toEqual([expect.stringContaining(`${from} bytes that a crash left behind`)]);
  });

  it.each(Object.entries(PLACES))('cut off in the %s of an older segment', async (_place, [from]) => {
    const texts = Array.from({ length: 12 }, (_, index) => `a longer text ${index % 10}`);
    await fill(texts);
    const [oldest, ...others] = await segmentPaths();
    expect(others.length).toBeGreaterThan(1);
    await truncate(oldest!, recordBytesOf('a longer text 0') + from);
    const back = await readBack();
    expect(back.texts).toEqual([texts[0], ...texts.slice(3)]);
    expect(back.quarantined).toBe(from > 0 ? 1 : 0);
  });

  it.each([
    ['a digit flipped', (text: string) => `3${text.slice(1)}`],
    ['its checksum flipped', (text: string) => text.replace(/.\n$/, (end) => (end[0] === '0' ? '1\n' : '0\n'))],
    ['its end cut off', (text: string) => text.slice(0, -1)],
    ['cut in the middle', (text: string) => text.slice(0, 4)],
    ['cut to nothing', () => ''],
    ['zeroed', (text: string) => '\0'.repeat(text.length)],
    ['something after it', (text: string) => `${text}x`],
    ['a number that is none', () => '99999999999999999999 00000000\n'],
  ])('a cursor file with %s', async (_name, damage) => {
    await fill(TEXTS, 2);
    const path = join(directory, 'cursor-reader');
    await writeFile(path, damage(await readFile(path, 'utf8')));
    const { texts, notices } = await readBack();
    // They all are in one segment, so that nothing was removed: what had been dealt with comes again, and no less.
    expect(texts).toEqual(TEXTS);
    expect(notices).toEqual([
      'the place of destination "reader" could not be read: it gets again what the queue still holds',
    ]);
  });

  it('a cursor file that never was put in place', async () => {
    await fill(TEXTS, 1);
    await writeFile(join(directory, 'cursor-reader.tmp'), '3 ');
    expect(await readBack()).toEqual({ texts: ['second', 'third'], quarantined: 0, notices: [] });
  });
});

describe('a segment queue with random damage', () => {
  interface Blow {
    readonly kind: 'flip' | 'zero' | 'cut' | 'noise';
    readonly segment: number;
    readonly at: number;
    readonly bytes: number;
  }

  const blow: fc.Arbitrary<Blow> = fc.record({
    kind: fc.constantFrom('flip' as const, 'flip' as const, 'zero' as const, 'noise' as const, 'cut' as const),
    segment: fc.nat(5),
    at: fc.nat(400),
    bytes: fc.integer({ min: 1, max: 60 }),
  });

  /** Strikes a file and returns the first byte and the end of what is no longer as it was. */
  async function strike(path: string, { kind, at, bytes }: Blow): Promise<readonly [number, number]> {
    const content = await readFile(path);
    const from = Math.min(at, content.byteLength);
    const to = Math.min(from + bytes, content.byteLength);
    if (kind === 'cut') {
      await truncate(path, from);
      return [from, Number.POSITIVE_INFINITY];
    }
    for (let index = from; index < to; index++) {
      content[index] = kind === 'zero' ? 0 : kind === 'noise' ? (index * 31 + bytes) & 0xff : content[index]! ^ 0x55;
    }
    await writeFile(path, content);
    return [from, to];
  }

  it('gives every record that was not touched, in order, none twice and none that never was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 14 }),
        fc.array(blow, { minLength: 1, maxLength: 4 }),
        async (sizes, blows) => {
          await rm(directory, { recursive: true, force: true });
          const texts = sizes.map((size, index) => `${index}:`.padEnd(size, 'x'));
          await fill(texts);
          const paths = await segmentPaths();
          const hurt = new Map<string, (readonly [number, number])[]>(paths.map((path) => [path, []]));
          const lengths = new Map(
            await Promise.all(paths.map(async (path) => [path, (await readFile(path)).byteLength] as const)),
          );
          for (const one of blows) {
            const path = paths[one.segment % paths.length]!;
            hurt.get(path)!.push(await strike(path, one));
          }
          let [pathIndex, offset] = [0, 0];
          const untouched = texts.filter((text) => {
            if (offset === lengths.get(paths[pathIndex]!)) [pathIndex, offset] = [pathIndex + 1, 0];
            const [from, to] = [offset, offset + recordBytesOf(text)];
            offset = to;
            return !hurt.get(paths[pathIndex]!)!.some(([start, end]) => start < to && end > from);
          });
          const { texts: read } = await readBack();
          // A blow may leave a byte as it was; beside those there is nothing but what was untouched.
          expect(read.filter((text) => untouched.includes(text))).toEqual(untouched);
          expect(texts.filter((text) => read.includes(text))).toEqual(read);
        },
      ),
      { numRuns: 60 },
    );
  });
});
