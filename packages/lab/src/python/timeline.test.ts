import { expect, test } from 'vitest';
import { createTimeline } from './timeline.js';

const START = 1_700_000_000_000;
const at = (ms: number, latencyMs: number) => ({ atUnixMs: START + ms, latencyMs });

test('requests in flight while a batch was at work are told from the others', () => {
  const requests = [at(0, 10), at(50, 12), at(195, 80), at(250, 60), at(500, 11)];
  const { metrics } = createTimeline(requests, [[START + 200, START + 300]]);
  expect(metrics.exportingP99Ms).toBeCloseTo(79.8);
  expect(metrics.otherwiseP99Ms).toBeCloseTo(11.98);
  expect(metrics.exportingShare).toBeCloseTo(0.2);
});

test('without exports no figure pretends that there were some', () => {
  const { metrics, series } = createTimeline([at(0, 10), at(150, 20)], []);
  expect(metrics).not.toHaveProperty('exportingP99Ms');
  expect(metrics.exportingShare).toBe(0);
  expect(series.some(({ isExporting }) => isExporting)).toBe(false);
});

test('a slice is a tenth of a second, and marked when the exporter worked in it', () => {
  const requests = [at(20, 30), at(0, 10), at(230, 40)];
  const { series } = createTimeline(requests, [[START + 190, START + 260]]);
  expect(series).toEqual([
    { atMs: 0, p50Ms: 20, p99Ms: expect.closeTo(29.8), isExporting: false },
    { atMs: 200, p50Ms: 40, p99Ms: 40, isExporting: true },
  ]);
});

test('a slice that an export only touches is not marked', () => {
  const [only] = createTimeline([at(0, 10)], [[START - 50, START + 4]]).series;
  expect(only?.isExporting).toBe(false);
});
