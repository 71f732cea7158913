import { expect, test } from 'vitest';
import { fewRoundsNote } from './few-rounds.js';

test('brackets of few rounds are said to hold the median less often than in 95 cases', () => {
  expect(fewRoundsNote(3)).toContain('in 75.0 cases of 100');
  expect(fewRoundsNote(2)).toContain('in 50.0 cases of 100');
  expect(fewRoundsNote(1)).toContain('none');
  expect(fewRoundsNote(6)).toBe('');
});
