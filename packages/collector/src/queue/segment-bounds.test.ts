import { rm, stat } from 'node:fs/promises';

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemError } from '../../test/support/faulty-file-system.js';
import { append, recordBytesOf, useFaultyQueue } from '../../test/support/faulty-queue.js';

import { appendText, readTexts } from './suite.js';

const { open, segmentNames, directory } = useFaultyQueue();

describe('the bounds of a segment queue', () => {
  it('takes a record of exactly a segment and refuses one byte more', async () => {
    const maxSegmentBytes = recordBytesOf('12345');
    const target = await open({}, { maxSegmentBytes });
    expect(await append(target, '12345')).toMatchObject({ kind: 'ok' });
    expect(await append(target, '123456')).toEqual({ kind: 'too_large', limitBytes: maxSegmentBytes });
  });

  it('takes records up to exactly its byte limit, and again once a destination has passed them', async () => {
    const bytes = recordBytesOf('12345');
    const target = await open({}, { maxSegmentBytes: bytes, maxQueueBytes: 3 * bytes });
    for (let index = 0; index < 3; index++) expect((await append(target, '12345')).kind).toBe('ok');
    expect(target.stats().fault).toBeUndefined();
    expect(await append(target, '')).toMatchObject({ kind: 'unavailable', reason: 'queue_full' });
    expect(target.stats().fault).toBe('queue_full');
    const reader = await target.open('store');
    await reader.commit(2);
    expect(target.stats().fault).toBeUndefined();
    expect((await append(target, '12345')).kind).toBe('ok');
  });

  it('never makes a segment larger than its limit', async () => {
    const maxSegmentBytes = 500;
    const target = await open({}, { maxSegmentBytes });
    await Promise.all(Array.from({ length: 50 }, (_, index) => append(target, 'x'.repeat(index * 8))));
    for (const name of await segmentNames()) {
      expect((await stat(join(directory(), name))).size).toBeLessThanOrEqual(maxSegmentBytes);
    }
    expect(await readTexts(await target.open('store'))).toHaveLength(50);
  });

  it('keeps ids exact up to the largest that a number holds', async () => {
    const target = await open();
    const reader = await target.open('store', Number.MAX_SAFE_INTEGER - 2);
    expect(await appendText(target, 'last')).toBe(Number.MAX_SAFE_INTEGER - 1);
    const [entry] = await reader.read(1000, AbortSignal.abort());
    expect(entry?.id).toBe(Number.MAX_SAFE_INTEGER - 1);
  });
});

describe('the removal of segments', () => {
  it('waits for the slowest destination', async () => {
    const target = await open({}, { maxSegmentBytes: recordBytesOf('a') });
    for (const text of ['a', 'b', 'c']) await appendText(target, text);
    const fast = await target.open('fast');
    const slow = await target.open('slow');
    await fast.commit(3);
    expect(await segmentNames()).toHaveLength(3);
    await slow.commit(1);
    expect(await segmentNames()).toHaveLength(2);
    await slow.commit(3);
    // The newest stays: its name carries the place in the ids.
    expect(await segmentNames()).toHaveLength(1);
  });

  it('waits for a destination that is known and not open', async () => {
    const settings = { maxSegmentBytes: recordBytesOf('a') };
    const target = await open({}, settings);
    await target.open('absent');
    await target.close();
    const again = await open({}, settings);
    for (const text of ['a', 'b']) await appendText(again, text);
    await (await again.open('store')).commit(2);
    expect(await segmentNames()).toHaveLength(2);
    expect(again.stats().backlog).toEqual({ absent: 2, store: 0 });
  });

  it('leaves cursor and segments right when the process dies between any two steps of a commit', async () => {
    const settings = { maxSegmentBytes: recordBytesOf('a') };
    for (let dieAfter = 0; ; dieAfter++) {
      await rm(directory(), { recursive: true, force: true });
      let steps = Number.NEGATIVE_INFINITY;
      const dying = await open(
        {
          before: () => {
            if (steps >= dieAfter) throw systemError('EDEAD');
            steps++;
          },
        },
        settings,
      );
      for (const text of ['a', 'b', 'c']) await appendText(dying, text);
      const reader = await dying.open('store');
      steps = 0;
      const isCommitted = await reader.commit(2).then(
        () => true,
        () => false,
      );
      const isWhole = steps < dieAfter;
      await dying.close();

      const again = await open({}, settings);
      const left = await readTexts(await again.open('store'));
      if (isCommitted) expect(left, `died after step ${dieAfter}`).toEqual(['c']);
      else expect([['a', 'b', 'c'], ['c']], `died after step ${dieAfter}`).toContainEqual(left);
      expect(await appendText(again, 'd')).toBe(4);
      await again.close();
      if (isWhole) return;
    }
  });
});
