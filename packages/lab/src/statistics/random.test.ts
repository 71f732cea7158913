import { expect, test } from 'vitest';
import { createRandom, randomIndex, shuffled } from './random.js';

const row = (seed: number, length: number): number[] => {
  const random = createRandom(seed);
  return Array.from({ length }, () => random());
};

test('the same seed gives the same row, another seed another', () => {
  expect(row(1, 20)).toEqual(row(1, 20));
  expect(row(1, 20)).not.toEqual(row(2, 20));
});

test('numbers lie in [0, 1) and are spread over it', () => {
  const numbers = row(7, 4_000);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  for (const tenth of [0, 3, 9]) {
    const inTenth = numbers.filter((number) => Math.floor(number * 10) === tenth).length;
    expect(inTenth).toBeGreaterThan(300);
    expect(inTenth).toBeLessThan(500);
  }
});

test('an index is below its limit', () => {
  const random = createRandom(3);
  const indexes = new Set(Array.from({ length: 200 }, () => randomIndex(random, 3)));
  expect([...indexes].sort()).toEqual([0, 1, 2]);
});

test('shuffling keeps every item once and leaves its argument alone', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const mixed = shuffled(items, createRandom(11));
  expect(mixed).not.toEqual(items);
  expect([...mixed].sort()).toEqual(items);
  expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
