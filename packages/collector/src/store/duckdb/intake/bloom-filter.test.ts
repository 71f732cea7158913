import { expect, test } from 'vitest';
import { BloomFilter } from './bloom-filter.js';

const idOf = (index: number): string => index.toString(16).padStart(32, '0');

test('knows every key that was added, past the first layer too, and hardly any other', () => {
  const filter = new BloomFilter();
  const keys = 300_000;
  for (let index = 0; index < keys; index += 1) filter.add(idOf(index));
  let missed = 0;
  let mistaken = 0;
  for (let index = 0; index < keys; index += 1) {
    if (!filter.mayContain(idOf(index))) missed += 1;
    if (filter.mayContain(idOf(index + keys))) mistaken += 1;
  }
  expect(missed).toBe(0);
  expect(mistaken / keys).toBeLessThan(0.005);
});

test('an empty filter contains nothing', () => {
  expect(new BloomFilter().mayContain('')).toBe(false);
});
