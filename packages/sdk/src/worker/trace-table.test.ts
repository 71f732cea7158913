import { describe, expect, it } from 'vitest';
import { TraceFields } from './record-fields.js';
import { LATE_UPDATE_MS, TRACE_SILENCE_MS, TraceTable, type TraceTableLimits } from './trace-table.js';

function createTable(limits?: TraceTableLimits) {
  const table = { late: 0 };
  return Object.assign(table, { traces: new TraceTable(() => table.late++, limits) });
}

const user = (userId: string) => Object.assign(new TraceFields(), { userId });

describe('the trace table', () => {
  it('keeps as many traces as its limit, and forgets the one that was quiet the longest', () => {
    const { traces } = createTable({ maxCount: 2, maxBytes: 1e6 });
    traces.update('a', user('1'), 0);
    traces.update('b', user('2'), 1);
    traces.take('a', 2);
    expect(traces.size).toBe(2);
    traces.update('c', user('3'), 3);
    expect(traces.size).toBe(2);
    expect(traces.take('b', 4)).toBeUndefined();
    expect(traces.take('a', 4)).toMatchObject({ userId: '1' });
  });

  it('is bounded by bytes as well', () => {
    const { traces } = createTable({ maxCount: 100, maxBytes: 10_000 });
    traces.update('a', user('x'.repeat(2_000)), 0);
    traces.update('b', Object.assign(new TraceFields(), { input: 'x'.repeat(4_500) }), 1);
    expect(traces.take('a', 2)).toBeUndefined();
    expect(traces.take('b', 2)).toMatchObject({ input: 'x'.repeat(4_500) });
  });

  it('does not grow with updates that replace each other', () => {
    const { traces } = createTable({ maxCount: 100, maxBytes: 10_000 });
    traces.update('first', user('u'), 0);
    for (let turn = 0; turn < 1_000; turn++) {
      traces.update('second', Object.assign(new TraceFields(), { metadata: new Map([['turn', BigInt(turn)]]) }), turn);
    }
    expect(traces.take('first', 1_000)).toMatchObject({ userId: 'u' });
  });

  it('gives an input to one span only', () => {
    const { traces } = createTable();
    traces.update('a', Object.assign(new TraceFields(), { input: 'i', userId: 'u' }), 0);
    expect(traces.peek('a')).toMatchObject({ input: 'i' });
    expect(traces.take('a', 1)).toMatchObject({ input: 'i', userId: 'u' });
    expect(traces.take('a', 2)).toMatchObject({ input: undefined, userId: 'u' });
  });

  it('forgets a trace after its silence, and not before', () => {
    const { traces } = createTable();
    traces.update('a', user('1'), 0);
    traces.take('a', 10);
    traces.sweep(10 + TRACE_SILENCE_MS - 1);
    expect(traces.size).toBe(1);
    traces.sweep(10 + TRACE_SILENCE_MS);
    expect(traces.size).toBe(0);
  });

  it('counts an update once that no span has carried in time', () => {
    const table = createTable();
    table.traces.update('a', user('1'), 0);
    table.traces.update('b', user('2'), 0);
    table.traces.take('b', 5);
    table.traces.sweep(LATE_UPDATE_MS - 1);
    expect(table.late).toBe(0);
    table.traces.sweep(LATE_UPDATE_MS);
    table.traces.sweep(LATE_UPDATE_MS * 2);
    table.traces.close();
    expect(table.late).toBe(1);
  });

  it('counts what waits when no span will come any more', () => {
    const table = createTable();
    table.traces.update('a', user('1'), 0);
    table.traces.close();
    expect(table.late).toBe(1);
  });
});
