import { expect, test } from 'vitest';
import { median, quantile, quantileOfSorted } from './quantile.js';

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('a quantile between two ranks is interpolated', () => {
  expect(quantile([10, 20, 30, 40, 50], 0.9)).toBeCloseTo(46);
});

test('the ends are the smallest and the largest value, also beyond 0 and 1', () => {
  expect(quantile([3, 1, 2], -1)).toBe(1);
  expect(quantile([3, 1, 2], 2)).toBe(3);
});

test('an empty list has no quantile', () => {
  expect(median([])).toBeNaN();
});

test('numbers are ordered as numbers, not as text', () => {
  expect(quantile([100, 9, 20], 1)).toBe(100);
  expect(quantileOfSorted([9, 20, 100], 0.5)).toBe(20);
});
