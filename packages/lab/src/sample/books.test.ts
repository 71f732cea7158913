import { expect, test } from 'vitest';
import { isBalanced, type SampleBooks } from './books.js';

const BOOKS: SampleBooks = {
  offered: 100,
  started: 100,
  open: 1,
  sampledOut: 2,
  pending: 3,
  delivered: 80,
  dropped: { ring_full: 10, rejected: 4 },
};

test('books balance when each span is in one place', () => {
  expect(isBalanced(BOOKS)).toBe(true);
});

test.each([
  ['a span that the library never saw', { offered: 101 }],
  ['a span that went missing', { delivered: 79 }],
  ['a span in two places', { pending: 4 }],
  ['a drop that was not counted', { dropped: { ring_full: 10 } }],
])('books with %s do not balance', (_what, change) => {
  expect(isBalanced({ ...BOOKS, ...change })).toBe(false);
});
