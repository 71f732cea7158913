import type { Series, SeriesPoint } from '@slipstream/query-api';
import { describe, expect, test } from 'vitest';
import { describeLatency, describeTime, describeVolume, pointAt, seriesChart } from './series-chart.js';

const START_MS = new Date(2026, 10, 22, 14, 0).getTime();

function point(index: number, fields: Partial<SeriesPoint> = {}): SeriesPoint {
  return {
    startMs: START_MS + index * 600_000,
    spans: 0,
    errors: 0,
    p50Ms: null,
    p90Ms: null,
    p95Ms: null,
    p99Ms: null,
    costUsd: 0,
    totalTokens: 0,
    ...fields,
  };
}

function chartOf(...fields: readonly Partial<SeriesPoint>[]) {
  const points = fields.map((each, index) => point(index, each));
  const series: Series = { stepMs: 600_000, points, total: point(0), otherSpans: 0 };
  return seriesChart(series);
}

describe('the chart of volume and latency', () => {
  test('has bars up to the tallest, with their errors', () => {
    const { bars, tallestSpans } = chartOf({ spans: 10, errors: 5 }, { spans: 40 }, {});
    expect(bars.map(({ height, errorHeight }) => [height, errorHeight])).toEqual([
      [0.25, 0.125],
      [1, 0],
      [0, 0],
    ]);
    expect(tallestSpans).toBe(40);
  });

  test('has lines that break where nothing ended', () => {
    const { p50Path, p95Path, longestMs } = chartOf(
      { p50Ms: 54, p95Ms: 100 },
      { p50Ms: 27, p95Ms: 50 },
      {},
      { p50Ms: 54, p95Ms: 54 },
    );
    expect(longestMs).toBe(100);
    expect(p50Path).toBe('M0.2 0.5H0.8L1.5 0.75M3.2 0.5H3.8');
    expect(p95Path).toBe('M0.2 0.074H0.8L1.5 0.537M3.2 0.5H3.8');
  });

  test('of nothing, or of instants, has no line that leaves it', () => {
    expect(chartOf()).toEqual({ bars: [], p50Path: '', p95Path: '', tallestSpans: 0, longestMs: 0 });
    expect(chartOf({ spans: 1, p50Ms: 0, p95Ms: 0 }).p95Path).toBe('M0.2 1H0.8');
  });

  test('knows the point under the pointer, also at its edges', () => {
    expect([-0.1, 0, 0.099, 0.1, 0.999, 1, 2].map((position) => pointAt(10, position))).toEqual([0, 0, 0, 1, 9, 9, 9]);
  });

  test('says in words what it shows', () => {
    expect(describeVolume(point(0, { spans: 1 }))).toBe('1 span');
    expect(describeVolume(point(0, { spans: 12_000, errors: 120 }))).toBe('12,000 spans · 120 errors (1.0 %)');
    expect(describeVolume(point(0, { spans: 1e6, errors: 1 }))).toBe('1,000,000 spans · 1 error (<0.1 %)');
    expect(describeLatency(point(0, { p50Ms: 120, p95Ms: 1200 }))).toBe('p50 120 ms · p95 1.20 s');
    expect(describeLatency(point(0))).toBe('p50 – · p95 –');
    expect(describeTime(point(1), 600_000, START_MS)).toBe('14:10 – 14:20');
    expect(describeTime(point(1), 600_000, START_MS + 86_400_000)).toBe('11-22 14:10 – 11-22 14:20');
  });
});
