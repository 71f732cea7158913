import { expect, test } from 'vitest';
import { estimateMedian } from './bootstrap.js';
import { createRandom } from './random.js';

test('nothing can be estimated from nothing', () => {
  expect(estimateMedian([], 1)).toBeUndefined();
});

test('a single value has no spread', () => {
  expect(estimateMedian([3], 1)).toEqual({ median: 3, low: 3, high: 3, count: 1 });
});

test('the interval holds the median and stays within the values', () => {
  const estimate = estimateMedian([5, 1, 4, 2, 3], 1);
  expect(estimate?.median).toBe(3);
  expect(estimate?.low).toBeGreaterThanOrEqual(1);
  expect(estimate?.low).toBeLessThan(3);
  expect(estimate?.high).toBeLessThanOrEqual(5);
  expect(estimate?.high).toBeGreaterThan(3);
});

test('one wild value moves neither the median nor, among many, the interval', () => {
  const quiet = Array.from({ length: 29 }, (_, index) => 10 + (index % 3));
  const estimate = estimateMedian([...quiet, 1_000], 1);
  expect(estimate?.high).toBeLessThanOrEqual(12);
});

test('the same seed gives the same interval', () => {
  const values = [1, 5, 2, 8, 3, 9];
  expect(estimateMedian(values, 4)).toEqual(estimateMedian(values, 4));
});

test('about 95 of 100 intervals hold the true median', () => {
  const random = createRandom(99);
  let held = 0;
  for (let trial = 0; trial < 100; trial++) {
    const estimate = estimateMedian(
      Array.from({ length: 15 }, () => random()),
      trial,
    );
    if (estimate !== undefined && estimate.low <= 0.5 && estimate.high >= 0.5) held++;
  }
  expect(held).toBeGreaterThanOrEqual(88);
});
