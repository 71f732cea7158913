import { describe, expect, it } from 'vitest';
import { HeldStarts } from './held-starts.js';
import { SpanFields } from './record-fields.js';
import type { SpanRecord } from './record-reader.js';

function start(spanId: string, sizeBytes = 10): SpanRecord {
  return {
    kind: 'start',
    traceId: '1'.repeat(32),
    spanId,
    parentSpanId: '',
    type: 'span',
    level: 'DEFAULT',
    flags: 0,
    startMs: 0,
    endMs: Number.NaN,
    nameId: 0,
    fields: Object.assign(new SpanFields(), { input: 'input' }),
    sizeBytes,
  };
}

function createStarts(maxCount: number, maxBytes: number) {
  const held = { givenUp: 0 };
  return Object.assign(held, { starts: new HeldStarts(() => held.givenUp++, { maxCount, maxBytes }) });
}

describe('held starts', () => {
  it('are given out once', () => {
    const { starts } = createStarts(10, 1e6);
    starts.hold(start('a'));
    expect(starts.take('a')?.spanId).toBe('a');
    expect(starts.take('a')).toBeUndefined();
  });

  it('are given up from the oldest on, past the limit of their count', () => {
    const held = createStarts(2, 1e6);
    held.starts.hold(start('a'));
    held.starts.hold(start('b'));
    expect(held.givenUp).toBe(0);
    held.starts.hold(start('c'));
    expect(held.givenUp).toBe(1);
    expect(held.starts.take('a')).toBeUndefined();
    expect(held.starts.take('b')).toBeDefined();
    expect([held.starts.takeLoss('a'), held.starts.takeLoss('b')]).toEqual([true, false]);
  });

  it('without an input are no loss when they are given up', () => {
    const held = createStarts(1, 1e6);
    held.starts.hold(Object.assign(start('a'), { fields: new SpanFields() }));
    held.starts.hold(start('b'));
    expect(held.givenUp).toBe(0);
    expect(held.starts.takeLoss('a')).toBe(false);
  });

  it('are given up from the oldest on, past the limit of their bytes', () => {
    const held = createStarts(100, 100);
    held.starts.hold(start('a', 60));
    held.starts.hold(start('b', 40));
    expect(held.givenUp).toBe(0);
    held.starts.hold(start('c', 1));
    expect(held.givenUp).toBe(1);
    expect(held.starts.size).toBe(2);
  });

  it('do not count bytes twice for a span that starts twice', () => {
    const held = createStarts(100, 100);
    for (let times = 0; times < 5; times++) held.starts.hold(start('a', 60));
    expect(held.givenUp).toBe(0);
    expect(held.starts.size).toBe(1);
  });
});
