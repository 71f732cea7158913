import { expect, test } from 'vitest';
import { fromRow } from '../schema/columns.js';
import { TRACE_COLUMNS, type TraceRow } from '../schema/trace-columns.js';
import { RUNNING_LIMIT_US, toTraceSummary } from './trace-summary.js';

/** A row of nothing but these. */
function row(fields: Partial<TraceRow>): TraceRow {
  return { ...fromRow<TraceRow>(TRACE_COLUMNS, []), ...fields };
}

test('a trace with an open span runs until an hour after its last news', () => {
  const newsUs = 5_000_000_000;
  const open = row({ runningCount: 1, newsUs });
  expect(toTraceSummary(open, newsUs + RUNNING_LIMIT_US).running).toBe(true);
  expect(toTraceSummary(open, newsUs + RUNNING_LIMIT_US + 1).running).toBe(false);
  expect(toTraceSummary(row({ newsUs }), newsUs).running).toBe(false);
});

test('a trace of which nothing has ended has the default level and no duration', () => {
  expect(toTraceSummary(row({ runningCount: 1 }), 0)).toMatchObject({ level: 'DEFAULT', durationUs: null });
  expect(toTraceSummary(row({ levelRank: 0, startUs: 5, endUs: 7 }), 0)).toMatchObject({
    level: 'DEBUG',
    durationUs: 2,
  });
});

test('a span that ends before the trace starts, by a clock that was set back, makes no negative duration', () => {
  expect(toTraceSummary(row({ startUs: 7, endUs: 5 }), 0).durationUs).toBe(0);
});
