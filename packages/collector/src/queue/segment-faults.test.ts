import { basename } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Step, systemError } from '../../test/support/faulty-file-system.js';
import { append, recordBytesOf, useFaultyQueue } from '../../test/support/faulty-queue.js';

import { appendText, readTexts } from './suite.js';

const isSegment = ({ path }: Step) => basename(path).startsWith('segment-');

const { open, segmentNames } = useFaultyQueue();

describe('a segment queue on a bad disk', () => {
  it.each([
    ['the disk is full', 'write', 'ENOSPC'],
    ['a write fails', 'write', 'EIO'],
    ['a sync fails', 'datasync', 'EIO'],
  ] as const)('refuses while %s, and recovers when the fault ends', async (_name, operation, code) => {
    let isBroken = false;
    const faults: (string | undefined)[] = [];
    const target = await open(
      {
        before: (step) => {
          if (isBroken && step.operation === operation) throw systemError(code);
        },
      },
      { onFault: (reason) => faults.push(reason === undefined ? 'over' : 'fault') },
    );
    await appendText(target, 'before');
    isBroken = true;
    expect(await append(target, 'lost')).toMatchObject({ kind: 'unavailable', retryAfterMs: 5 });
    expect(target.stats().fault).toContain(code);
    isBroken = false;
    await vi.waitFor(() => expect(target.stats().fault).toBeUndefined());
    await appendText(target, 'after');
    expect(await readTexts(await target.open('store'))).toEqual(['before', 'after']);
    expect(faults).toEqual(['fault', 'over']);
  });

  it('does not touch the disk for each append while a fault lasts', async () => {
    let writes = 0;
    const target = await open(
      {
        before: ({ operation }) => {
          if (operation !== 'write') return;
          writes++;
          throw systemError('ENOSPC');
        },
      },
      { faultRetryMs: 60_000 },
    );
    for (let index = 0; index < 20; index++) expect((await append(target, 'x')).kind).toBe('unavailable');
    expect(writes).toBe(1);
  });

  it('does not use an id again after a failed sync, nor the segment', async () => {
    let isBroken = false;
    const target = await open({
      before: (step) => {
        if (isBroken && step.operation === 'datasync' && isSegment(step)) throw systemError('EIO');
      },
    });
    expect(await appendText(target, 'a')).toBe(1);
    isBroken = true;
    expect((await append(target, 'doubtful')).kind).toBe('unavailable');
    isBroken = false;
    await vi.waitFor(() => expect(target.stats().fault).toBeUndefined());
    expect(await appendText(target, 'b')).toBe(3);
    expect(await segmentNames()).toHaveLength(2);
    await target.close();
    const again = await open();
    expect(await readTexts(await again.open('store'))).toEqual(['a', 'b']);
  });

  it('gives no doubtful record another meaning when its tail cannot even be cut', async () => {
    let isBroken = false;
    const target = await open({
      before: (step) => {
        if (isBroken && isSegment(step) && ['datasync', 'truncate'].includes(step.operation)) throw systemError('EIO');
      },
    });
    await appendText(target, 'a');
    isBroken = true;
    await append(target, 'doubtful');
    isBroken = false;
    await vi.waitFor(() => expect(target.stats().fault).toBeUndefined());
    await appendText(target, 'b');
    // This process does not show it; a restart may, since it was never acknowledged and keeps its own id.
    expect(await readTexts(await target.open('store'))).toEqual(['a', 'b']);
    await target.close();
    const again = await open();
    expect(await readTexts(await again.open('other'))).toEqual(['a', 'doubtful', 'b']);
  });

  it('refuses when no new segment can be made, and recovers', async () => {
    let isBroken = true;
    const target = await open({
      before: ({ operation }) => {
        if (isBroken && operation === 'create') throw systemError('EMFILE');
      },
    });
    expect(await append(target, 'a')).toMatchObject({ kind: 'unavailable' });
    isBroken = false;
    await vi.waitFor(() => expect(target.stats().fault).toBeUndefined());
    expect(await appendText(target, 'a')).toBe(1);
  });

  it('completes short writes', async () => {
    const target = await open({ maxWriteBytes: 7 });
    await Promise.all(['a', 'bb', 'ccc'].map((text) => appendText(target, text)));
    await target.close();
    const again = await open();
    expect(await readTexts(await again.open('store'))).toEqual(['a', 'bb', 'ccc']);
  });

  it('lets appends that arrive during a slow sync share the next one', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let syncs = 0;
    const target = await open({
      before: async (step) => {
        if (step.operation !== 'datasync' || !isSegment(step)) return;
        syncs++;
        if (syncs === 1) await gate;
      },
    });
    const first = append(target, 'first');
    await vi.waitFor(() => expect(syncs).toBe(1));
    const others = Array.from({ length: 100 }, (_, index) => append(target, `other ${index}`));
    let isAnswered = false;
    void first.then(() => {
      isAnswered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isAnswered).toBe(false);
    release();
    expect((await Promise.all([first, ...others])).every(({ kind }) => kind === 'ok')).toBe(true);
    expect(syncs).toBe(2);
  });

  it('bounds what waits for a slow disk', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const bytes = recordBytesOf('12345');
    const target = await open(
      { before: ({ operation }) => (operation === 'datasync' ? gate : undefined) },
      { maxPendingBytes: 2 * bytes },
    );
    const first = append(target, '12345');
    const second = append(target, '12345');
    expect(await append(target, '12345')).toMatchObject({ kind: 'unavailable', reason: 'disk_slow' });
    release();
    expect((await Promise.all([first, second])).map(({ kind }) => kind)).toEqual(['ok', 'ok']);
    expect((await append(target, '12345')).kind).toBe('ok');
  });

  it('lets a reader try again where the disk could not be read', async () => {
    let isBroken = false;
    const target = await open({
      before: ({ operation }) => {
        if (isBroken && operation === 'read') throw systemError('EIO');
      },
    });
    await appendText(target, 'a');
    const reader = await target.open('store');
    isBroken = true;
    await expect(reader.read(1000, AbortSignal.abort())).rejects.toMatchObject({ code: 'EIO' });
    isBroken = false;
    expect(await readTexts(reader)).toEqual(['a']);
  });

  it('rejects a commit that the disk refuses, and the next one covers it', async () => {
    let isBroken = false;
    const target = await open({
      before: ({ operation }) => {
        if (isBroken && operation === 'rename') throw systemError('ENOSPC');
      },
    });
    for (const text of ['a', 'b']) await appendText(target, text);
    const reader = await target.open('store');
    isBroken = true;
    await expect(reader.commit(1)).rejects.toMatchObject({ code: 'ENOSPC' });
    isBroken = false;
    await reader.commit(1);
    await target.close();
    const again = await open();
    expect(await readTexts(await again.open('store'))).toEqual(['b']);
  });

  it('bears a segment that cannot be removed, and removes it later', async () => {
    let isBroken = true;
    const target = await open(
      {
        before: (step) => {
          if (isBroken && step.operation === 'remove' && isSegment(step)) throw systemError('EBUSY');
        },
      },
      { maxSegmentBytes: recordBytesOf('a') },
    );
    for (const text of ['a', 'b', 'c']) await appendText(target, text);
    const reader = await target.open('store');
    await reader.commit(2);
    expect(await segmentNames()).toHaveLength(3);
    isBroken = false;
    await reader.commit(3);
    expect(await segmentNames()).toHaveLength(1);
  });
});
