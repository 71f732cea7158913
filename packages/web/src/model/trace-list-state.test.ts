import type { TraceList, TraceSummary } from '@slipstream/query-api';
import { describe, expect, test } from 'vitest';
import {
  ARRIVAL_MARK_MS,
  appendPage,
  applyLive,
  emptyTraceList,
  heldNewCount,
  MAX_HELD,
  MAX_LIVE_ROWS,
  refreshHead,
  releaseHeld,
  type TraceListState,
} from './trace-list-state.js';

function trace(id: number, fields: Partial<TraceSummary> = {}): TraceSummary {
  return {
    traceId: `t${String(id).padStart(6, '0')}`,
    name: 'n',
    service: null,
    environment: null,
    release: null,
    startTimeUs: id * 1000,
    durationUs: 10,
    running: false,
    observationCount: 1,
    errorCount: 0,
    level: 'DEFAULT',
    userId: null,
    sessionId: null,
    conversation: null,
    tags: [],
    metadata: {},
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    costUsd: null,
    ...fields,
  };
}

const page = (ids: number[], nextCursor: string | null): TraceList => ({
  traces: ids.map((id) => trace(id)),
  nextCursor,
  elapsedMs: 3,
});

const loaded = (ids: number[], nextCursor: string | null = 'more') =>
  refreshHead(emptyTraceList, page(ids, nextCursor), 0);

const ids = (state: TraceListState) => state.rows.map((row) => Number(row.traceId.slice(1)));

describe('live events while the list flows', () => {
  test('a new trace is inserted where its start time belongs', () => {
    const state = applyLive(loaded([9, 7, 5]), [trace(8), trace(10)], 'flow', 0);
    expect(ids(state)).toEqual([10, 9, 8, 7, 5]);
  });

  test('a known trace is updated where it stands', () => {
    const state = applyLive(loaded([9, 7, 5]), [trace(7, { name: 'new', observationCount: 4 })], 'flow', 0);
    expect(ids(state)).toEqual([9, 7, 5]);
    expect(state.rows[1]).toMatchObject({ name: 'new', observationCount: 4 });
    expect(state.arrivals.size).toBe(0);
  });

  test('the last of several events for one trace counts', () => {
    const events = [trace(8, { running: true }), trace(8, { observationCount: 3 })];
    expect(applyLive(loaded([9]), events, 'flow', 0).rows[0]).toMatchObject({ traceId: 't000009' });
    expect(applyLive(loaded([5]), events, 'flow', 0).rows[0]).toMatchObject({ observationCount: 3, running: false });
  });

  test('an event that was overtaken does not turn a trace back', () => {
    const state = applyLive(loaded([9]), [trace(9, { observationCount: 5 })], 'flow', 0);
    const stale = applyLive(state, [trace(9, { observationCount: 2, running: true })], 'flow', 0);
    expect(stale.rows[0]).toMatchObject({ observationCount: 5, running: false });
    const reopened = applyLive(state, [trace(9, { observationCount: 5, running: true })], 'flow', 0);
    expect(reopened.rows[0]).toMatchObject({ running: false });
  });

  test('a trace below the last loaded row waits for its own page, unless there is none', () => {
    expect(ids(applyLive(loaded([9, 7], 'more'), [trace(3)], 'flow', 0))).toEqual([9, 7]);
    expect(ids(applyLive(loaded([9, 7], null), [trace(3)], 'flow', 0))).toEqual([9, 7, 3]);
  });

  test('arrivals are marked for a short while', () => {
    const first = applyLive(loaded([5]), [trace(6)], 'flow', 1_000);
    const second = applyLive(first, [trace(7)], 'flow', 1_000 + ARRIVAL_MARK_MS);
    expect([...first.arrivals.keys()]).toEqual(['t000006']);
    expect([...second.arrivals.keys()]).toEqual(['t000007']);
  });

  test('an event that comes before the first page is not lost', () => {
    const early = applyLive(emptyTraceList, [trace(10)], 'flow', 0);
    expect(ids(refreshHead(early, page([9, 7], 'more'), 0))).toEqual([10, 9, 7]);
  });
});

describe('live events while the list is held', () => {
  test('paused: nothing changes, and what is new is counted', () => {
    const before = loaded([9, 7]);
    const held = applyLive(before, [trace(10), trace(9, { observationCount: 2 })], 'hold-all', 0);
    expect(held.rows).toBe(before.rows);
    expect(heldNewCount(held)).toBe(1);
  });

  test('scrolled: rows in view are updated, new ones wait', () => {
    const held = applyLive(loaded([9, 7]), [trace(10), trace(9, { observationCount: 2 })], 'hold-new', 0);
    expect(ids(held)).toEqual([9, 7]);
    expect(held.rows[0]?.observationCount).toBe(2);
    expect(heldNewCount(held)).toBe(1);
  });

  test('letting in shows everything that waited, in its latest state', () => {
    let state = applyLive(loaded([9, 7]), [trace(10, { running: true })], 'hold-all', 0);
    state = applyLive(state, [trace(10, { observationCount: 2 }), trace(11)], 'hold-all', 0);
    const released = releaseHeld(state, 0);
    expect(ids(released)).toEqual([11, 10, 9, 7]);
    expect(released.rows[1]).toMatchObject({ observationCount: 2, running: false });
    expect(heldNewCount(released)).toBe(0);
  });

  test('at most so many wait: n are kept, of n + 1 the oldest goes', () => {
    const batch = Array.from({ length: MAX_HELD }, (_, index) => trace(index + 100));
    const full = applyLive(loaded([9]), batch, 'hold-all', 0);
    const over = applyLive(full, [trace(50_000)], 'hold-all', 0);
    expect(full.held.size).toBe(MAX_HELD);
    expect(over.held.size).toBe(MAX_HELD);
    expect(over.held.has('t000100')).toBe(false);
    expect(over.held.has('t050000')).toBe(true);
  });
});

describe('pages', () => {
  test('the next page follows, and a row that moved between pages is there once', () => {
    const state = appendPage(loaded([9, 7]), page([7, 5, 3], null));
    expect(ids(state)).toEqual([9, 7, 5, 3]);
    expect(state.nextCursor).toBeNull();
  });

  test('page 1 read again brings what was missed and keeps the older rows', () => {
    const state = appendPage(loaded([9, 7]), page([5, 3], 'last'));
    const again = refreshHead(state, page([11, 10, 9], 'other'), 0);
    expect(ids(again)).toEqual([11, 10, 9, 7, 5, 3]);
    expect(again.nextCursor).toBe('last');
  });

  test('when more than a page was missed, the list starts afresh rather than hide a gap', () => {
    const again = refreshHead(loaded([9, 7]), page([99, 98, 97], 'other'), 0);
    expect(ids(again)).toEqual([99, 98, 97]);
    expect(again.nextCursor).toBe('other');
  });

  test('a page without an end connects by being whole', () => {
    expect(ids(refreshHead(loaded([9], null), page([20, 9], null), 0))).toEqual([20, 9]);
  });

  test('a list that has grown past its bound starts afresh', () => {
    const batch = Array.from({ length: MAX_LIVE_ROWS }, (_, index) => trace(index + 10));
    const full = applyLive(loaded([9]), batch, 'flow', 0);
    const top = MAX_LIVE_ROWS + 9;
    expect(full.rows).toHaveLength(MAX_LIVE_ROWS + 1);
    expect(refreshHead(full, page([top, top - 1], 'more'), 0).rows).toHaveLength(2);
    const atBound = { ...full, rows: full.rows.slice(0, MAX_LIVE_ROWS) };
    expect(refreshHead(atBound, page([top, top - 1], 'more'), 0).rows).toHaveLength(MAX_LIVE_ROWS);
  });
});
