import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeGrowth, describeMemory, readMemory, startMemoryWatch } from './memory-watch.js';

const MB = 1024 * 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('growth that stopped is told from growth that goes on', () => {
  expect(describeGrowth([10, 40, 60, 60, 60, 60])).toEqual({
    rssStartMb: 10,
    rssEndMb: 60,
    rssMaxMb: 60,
    rssLateGrowthMb: 0,
  });
  expect(describeGrowth([10, 20, 30, 40, 50, 60]).rssLateGrowthMb).toBe(10);
});

test('memory at the edges of a time never exceeds the peak, and what is kept shows', () => {
  const start = readMemory();
  const kept = Array.from({ length: 300_000 }, (_, index) => ({ index }));
  const memory = describeMemory(start, readMemory());
  expect(kept).toHaveLength(300_000);
  expect(memory.heapEndMb).toBeGreaterThan(memory.heapStartMb ?? Number.POSITIVE_INFINITY);
  // Both count the same pages, and the kernel books them in steps.
  expect(memory.rssPeakMb).toBeGreaterThan(0.9 * Math.max(memory.rssStartMb ?? 0, memory.rssEndMb ?? 0));
});

test('memory is read while the watch runs, its peak included', () => {
  const readings = [10, 90, 30];
  const watch = startMemoryWatch(() => (readings.shift() ?? 20) * MB);
  vi.advanceTimersByTime(600);
  expect(watch.stop()).toMatchObject({ rssStartMb: 10, rssMaxMb: 90, rssEndMb: 20 });
});
