import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batch, createBatch, splitBatch, withoutRunning } from './batch.js';
import { RetryBuffer } from './retry-buffer.js';

function batch(sequence: number, sizes: readonly number[], isRunning = false): Batch {
  return createBatch(
    sequence,
    sizes.map((size) => ({ bytes: new Uint8Array(size), isRunning })),
  );
}

describe('the retry buffer', () => {
  it('holds exactly its limit, and drops the oldest at one byte more', () => {
    const buffer = new RetryBuffer(100, 0);
    expect(buffer.add(batch(1, [50]))).toEqual([]);
    expect(buffer.add(batch(2, [50]))).toEqual([]);
    expect(buffer.add(batch(3, [1])).map((dropped) => dropped.sequence)).toEqual([1]);
    expect(buffer.sizeBytes).toBe(51);
  });

  it('never drops what is in flight', () => {
    const buffer = new RetryBuffer(100, 0);
    buffer.add(batch(1, [90]));
    expect(buffer.take()?.sequence).toBe(1);
    expect(buffer.add(batch(2, [90])).map((dropped) => dropped.sequence)).toEqual([2]);
    expect(buffer.oldestSequence).toBe(1);
  });

  it('joins small batches that wait, and keeps the sequence of the oldest', () => {
    const buffer = new RetryBuffer(1_000, 100);
    buffer.add(batch(1, [40]));
    buffer.add(batch(2, [60]));
    buffer.add(batch(3, [1]));
    expect(buffer.take()).toMatchObject({ sequence: 1, sizeBytes: 100, endedCount: 2 });
    expect(buffer.take()).toMatchObject({ sequence: 3 });
  });

  it('puts a batch that comes back before those that came after it', () => {
    const buffer = new RetryBuffer(1_000, 100);
    buffer.add(batch(1, [10]));
    const first = buffer.take()!;
    buffer.add(batch(2, [10]));
    buffer.settle(first);
    buffer.add(withoutRunning(first, false)!);
    // Not the other way round: a flush that waits for 1 would be told too early.
    expect(buffer.oldestSequence).toBe(1);
    expect(buffer.take()).toMatchObject({ sequence: 1, endedCount: 2 });
  });

  it('sends what the backend has not refused yet first', () => {
    const buffer = new RetryBuffer(1_000, 100);
    buffer.add(withoutRunning(batch(1, [10]), true)!);
    buffer.add(batch(2, [10]));
    expect(buffer.take()?.sequence).toBe(2);
    expect(buffer.take()?.sequence).toBe(1);
  });

  it('accounts for every span and every byte, whatever happens', () => {
    const anyStep = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        sizes: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
      }),
      fc.record({ kind: fc.constantFrom('take', 'deliver', 'retry', 'refuse', 'split') }),
    );
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const buffer = new RetryBuffer(200, 50);
        const inFlight: Batch[] = [];
        let sequence = 0;
        let [added, settled] = [0, 0];
        const put = (parts: readonly Batch[]) => {
          for (const part of parts) for (const dropped of buffer.add(part)) settled += dropped.endedCount;
        };
        for (const step of steps) {
          if (step.kind === 'add') {
            added += step.sizes.length;
            put([batch(++sequence, step.sizes)]);
          } else if (step.kind === 'take') {
            const taken = buffer.take();
            if (taken !== undefined) inFlight.push(taken);
          } else {
            const done = inFlight.shift();
            if (done === undefined) continue;
            buffer.settle(done);
            if (step.kind === 'deliver') settled += done.endedCount;
            else if (step.kind === 'split' && done.spans.length > 1) put(splitBatch(done));
            else put([withoutRunning(done, step.kind === 'refuse')!]);
          }
          const flying = inFlight.reduce((sum, one) => sum + one.sizeBytes, 0);
          expect(buffer.sizeBytes - flying <= 200 || buffer.inFlightCount === 0).toBe(true);
        }
        for (const one of inFlight) buffer.settle(one);
        settled += inFlight.reduce((sum, one) => sum + one.endedCount, 0);
        for (let left = buffer.take(); left !== undefined; left = buffer.take()) {
          buffer.settle(left);
          settled += left.endedCount;
        }
        expect(settled).toBe(added);
        expect(buffer.sizeBytes).toBe(0);
        expect(buffer.isEmpty).toBe(true);
      }),
    );
  });
});

describe('a batch in two', () => {
  it('has all spans in order, none in both, and parts that do not grow again', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 30 }), (sizes) => {
        const whole = batch(7, sizes);
        const [first, second] = splitBatch(whole);
        expect([...first.spans, ...second.spans]).toEqual(whole.spans);
        expect(first.spans.length).toBeGreaterThan(0);
        expect(second.spans.length).toBeGreaterThan(0);
        expect([first, second]).toMatchObject([
          { sequence: 7, canGrow: false },
          { sequence: 7, canGrow: false },
        ]);
      }),
    );
  });

  it('keeps no hint that a span runs when it is sent again', () => {
    expect(withoutRunning(batch(1, [5], true), true)).toBeUndefined();
  });
});
