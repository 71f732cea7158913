import { MAX_SERIES_POINTS } from '@slipstream/query-api';
import { describe, expect, it } from 'vitest';
import { seriesRange } from './series-range.js';

const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;
const DAY_US = 24 * HOUR_US;
const NOW_US = 1_767_225_600_000_000 + 7 * HOUR_US + 13 * MINUTE_US + 5;

function rangeOf(query: Parameters<typeof seriesRange>[0]) {
  const range = seriesRange(query, NOW_US);
  if (range.kind === 'wrong') throw new Error(range.message);
  return range.request;
}

describe('the range of a series', () => {
  it('is the last 24 hours in steps of ten minutes where nothing is said', () => {
    expect(rangeOf({})).toEqual({
      fromMs: (NOW_US - 13 * MINUTE_US - 5 - DAY_US) / 1000 + 10 * 60_000,
      toMs: (NOW_US - 13 * MINUTE_US - 5) / 1000 + 20 * 60_000,
      stepMs: 600_000,
    });
  });

  it('is the 24 hours before an end, and reaches to now from a start', () => {
    const stepMs = 3_600_000;
    expect(rangeOf({ toUs: 2 * DAY_US, stepMs })).toMatchObject({ fromMs: DAY_US / 1000, toMs: 49 * stepMs });
    const { fromMs, toMs } = rangeOf({ fromUs: NOW_US - 1, stepMs });
    expect(toMs - fromMs).toBe(stepMs);
    expect(rangeOf({ toUs: 5 })).toMatchObject({ fromMs: 0, toMs: 60_000 });
  });

  it('is widened to whole steps, of which the last holds its end', () => {
    const stepMs = 60_000;
    expect(rangeOf({ fromUs: 59_999_999, toUs: 60_000_000, stepMs })).toMatchObject({ fromMs: 0, toMs: 120_000 });
    expect(rangeOf({ fromUs: 60_000_000, toUs: 119_999_999, stepMs })).toMatchObject({ fromMs: 60_000, toMs: 120_000 });
  });

  it.each([
    ['an instant', 0, 1],
    ['an hour', HOUR_US, 1],
    ['six hours', 6 * HOUR_US, 5],
    ['a day', DAY_US, 10],
    ['a week', 7 * DAY_US, 120],
    ['thirty days', 30 * DAY_US, 360],
    ['a year', 365 * DAY_US, 7 * 1440],
    ['a hundred years', 36_500 * DAY_US, 35 * 7 * 1440],
  ])('has a round step for %s', (_, lengthUs, minutes) => {
    const { stepMs, fromMs, toMs } = rangeOf({ fromUs: 1, toUs: 1 + lengthUs });
    expect(stepMs).toBe(minutes * 60_000);
    expect((toMs - fromMs) / stepMs).toBeLessThanOrEqual(152);
  });

  it('has as many points as allowed and not one more', () => {
    const last = MAX_SERIES_POINTS * MINUTE_US;
    const { fromMs, toMs } = rangeOf({ fromUs: 0, toUs: last - 1, stepMs: 60_000 });
    expect((toMs - fromMs) / 60_000).toBe(MAX_SERIES_POINTS);
    expect(seriesRange({ fromUs: 0, toUs: last, stepMs: 60_000 }, NOW_US)).toEqual({
      kind: 'wrong',
      message: 'stepMs: gives 501 points of at most 500; take 300000, leave it out, or ask for a shorter time',
    });
  });

  it('that is reversed is refused, with what to change', () => {
    const wrong = { kind: 'wrong', message: 'fromUs: must not be after toUs' };
    expect(seriesRange({ fromUs: 2, toUs: 1 }, NOW_US)).toEqual(wrong);
    expect(seriesRange({ fromUs: NOW_US + 1 }, NOW_US)).toMatchObject({ message: expect.stringContaining('now') });
  });
});
