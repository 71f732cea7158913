import { describe, expect, it } from 'vitest';
import { makeBooks, makeStatus } from '../../test/status-fixture.js';
import { checkBooks } from './balance.js';

describe('checkBooks', () => {
  it('calls it balanced when every sum holds', () => {
    const balance = checkBooks(makeStatus());
    expect(balance.verdict).toBe('balanced');
    expect(balance.processes[0]).toMatchObject({ droppedTotal: 3, stored: 90, verdict: 'balanced', remarks: [] });
    expect(balance.collector).toMatchObject({ accepted: 90, stored: 90, fromBefore: 0, verdict: 'balanced' });
  });

  it('is balanced when nobody has reported and nothing is stored', () => {
    const store = { spans: 0, spansByInstance: {} };
    expect(checkBooks(makeStatus({ processes: [], receiver: { acceptedSpans: 0 }, store })).verdict).toBe('balanced');
  });

  it.each(['open', 'sampledOut', 'pending'] as const)('finds one span too few under %s', (column) => {
    const books = makeBooks();
    const balance = checkBooks(makeStatus({ processes: [{ ...books, [column]: books[column] - 1 }] }));
    expect(balance.verdict).toBe('unbalanced');
    expect(balance.processes[0]?.remarks).toEqual(['started 100, accounted for 99 (-1)']);
  });

  it('finds one drop that was counted twice', () => {
    const balance = checkBooks(makeStatus({ processes: [makeBooks({ dropped: { ring_full: 3, rejected: 1 } })] }));
    expect(balance.processes[0]?.remarks).toEqual(['started 100, accounted for 101 (+1)']);
  });

  it('finds a delivered span that is not in the store', () => {
    const balance = checkBooks(makeStatus({ store: { spansByInstance: { 'instance-1': 89 } } }));
    expect(balance.processes[0]).toMatchObject({
      verdict: 'unbalanced',
      remarks: ['1 delivered and not in the store'],
    });
  });

  it('knows what retention removed, and no more than that', () => {
    const pruned = (prunedSpans: number) =>
      checkBooks(makeStatus({ store: { spans: 80, prunedSpans, spansByInstance: { 'instance-1': 80 } } }));
    expect(pruned(10).verdict).toBe('balanced');
    expect(pruned(10).collector.remarks).toEqual(['10 accepted and removed since by retention']);
    expect(pruned(9).verdict).toBe('unbalanced');
  });

  it('does not call spans lost that another collector may have', () => {
    const store = { spans: 80, spansByInstance: { 'instance-1': 80 } };
    expect(checkBooks(makeStatus({ queue: { kind: 'redis' }, store })).verdict).toBe('moving');
    expect(checkBooks(makeStatus({ store: { ...store, kind: 'clickhouse' } })).verdict).toBe('moving');
  });

  it('finds a process of which the store has nothing', () => {
    expect(checkBooks(makeStatus({ store: { spansByInstance: {} } })).processes[0]?.stored).toBe(0);
    expect(checkBooks(makeStatus({ store: { spansByInstance: {} } })).verdict).toBe('unbalanced');
  });

  it('waits for a delivered span that is still in the queue', () => {
    const store = { spans: 89, spansByInstance: { 'instance-1': 89 } };
    const balance = checkBooks(makeStatus({ queue: { backlog: { store: 1 } }, store }));
    expect(balance).toMatchObject({ verdict: 'moving', collector: { backlogEntries: 1, verdict: 'moving' } });
  });

  it('does not wait for another destination than the store', () => {
    const store = { spans: 89, spansByInstance: { 'instance-1': 89 } };
    expect(checkBooks(makeStatus({ queue: { backlog: { store: 0, forward: 9 } }, store })).verdict).toBe('unbalanced');
  });

  it('lets a running process be ahead of its last report', () => {
    const status = makeStatus({
      processes: [makeBooks({ final: false })],
      store: { spansByInstance: { 'instance-1': 95 } },
    });
    expect(checkBooks(status).processes[0]).toMatchObject({
      verdict: 'moving',
      remarks: ['5 stored since its last report'],
    });
  });

  it('lets an ended process be ahead by what it had no answer for, and by no more', () => {
    const at = (stored: number) => checkBooks(makeStatus({ store: { spansByInstance: { 'instance-1': stored } } }));
    expect(at(95).processes[0]?.verdict).toBe('balanced'); // 2 pending and 3 dropped
    expect(at(96).processes[0]?.verdict).toBe('unbalanced');
  });

  it('finds accepted spans that never reached the store', () => {
    const balance = checkBooks(makeStatus({ processes: [], receiver: { acceptedSpans: 91 } }));
    expect(balance.collector).toMatchObject({ verdict: 'unbalanced', remarks: ['1 accepted and not in the store'] });
  });

  it('counts a span that came twice as accepted twice and stored once', () => {
    const balance = checkBooks(makeStatus({ receiver: { acceptedSpans: 100 }, store: { duplicates: 10 } }));
    expect(balance.collector).toMatchObject({ verdict: 'balanced', fromBefore: 0 });
  });

  it('tells spans of an earlier run from those of this one', () => {
    const balance = checkBooks(makeStatus({ processes: [], store: { spans: 1090 } }));
    expect(balance.collector).toMatchObject({ verdict: 'balanced', fromBefore: 1000 });
  });

  it('does not call it balanced when queue records were damaged', () => {
    expect(checkBooks(makeStatus({ queue: { quarantinedRecords: 1 } })).verdict).toBe('unbalanced');
  });
});
