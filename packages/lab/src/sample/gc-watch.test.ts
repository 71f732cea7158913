import { expect, test } from 'vitest';
import { startGcWatch } from './gc-watch.js';

/** More than the young generation holds, so that it is collected. */
function makeGarbage(): number {
  let kept = 0;
  for (let round = 0; round < 60; round++) {
    const objects = Array.from({ length: 10_000 }, (_, index) => ({ index, text: `item ${index}` }));
    kept += objects.length;
  }
  return kept;
}

test('collections are counted, with a time that is not longer than all of it took', () => {
  const watch = startGcWatch();
  const begin = performance.now();
  expect(makeGarbage()).toBe(600_000);
  const tookMs = performance.now() - begin;
  const { gcCount, gcMs, gcLongestMs } = watch.stop();
  expect(gcCount).toBeGreaterThan(0);
  expect(gcMs).toBeGreaterThan(0);
  expect(gcMs).toBeLessThan(tookMs);
  expect(gcLongestMs).toBeLessThanOrEqual(gcMs ?? 0);
});

test('a time without garbage has none', () => {
  expect(startGcWatch().stop()).toEqual({ gcCount: 0, gcMs: 0, gcLongestMs: 0 });
});
