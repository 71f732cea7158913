import { expect, test } from 'vitest';
import { addMetadataTerms, conversationTerm, keyTerm, MAX_TERMS, pairTerm } from './terms.js';

test('terms are 64-bit numbers that differ where anything differs', () => {
  const terms = [
    keyTerm('a'),
    keyTerm('b'),
    pairTerm('a', 'b'),
    pairTerm('b', 'a'),
    pairTerm('ab', ''),
    pairTerm('', 'ab'),
    pairTerm('a', 'b '),
    pairTerm('1', ':x'),
    pairTerm('1:', 'x'),
    conversationTerm('a'),
    conversationTerm(''),
    keyTerm(''),
  ];
  expect(new Set(terms).size).toBe(terms.length);
  for (const term of terms) expect(BigInt(term)).toBeLessThan(2n ** 64n);
});

test('a hundred thousand texts have a hundred thousand terms', () => {
  const terms = new Set<string>();
  for (let index = 0; index < 50_000; index += 1) terms.add(keyTerm(`key ${index}`)).add(pairTerm('id', String(index)));
  expect(terms.size).toBe(100_000);
});

test('of metadata there is a term for each key and each value that a filter can ask for', () => {
  const terms = new Set<string>();
  const metadata = new Map([
    ['short', 'x'.repeat(2000)],
    ['long', 'x'.repeat(2001)],
  ]);
  expect(addMetadataTerms(terms, metadata)).toBe(true);
  expect(terms).toEqual(new Set([keyTerm('short'), pairTerm('short', 'x'.repeat(2000)), keyTerm('long')]));
});

test('no trace has more than its row may hold', () => {
  const many = (count: number): Map<string, string> =>
    new Map(Array.from({ length: count }, (_, index) => [`key ${index}`, 'v']));
  const terms = new Set<string>();
  expect(addMetadataTerms(terms, many(MAX_TERMS / 2))).toBe(true);
  expect(addMetadataTerms(new Set(), many(MAX_TERMS / 2 + 1))).toBe(false);
  expect(terms.size).toBe(MAX_TERMS);
});
