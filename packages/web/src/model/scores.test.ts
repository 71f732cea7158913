import type { Score } from '@slipstream/query-api';
import { expect, test } from 'vitest';
import { formatScore, scoresBySpan } from './scores.js';

function score(fields: Partial<Score>): Score {
  return {
    scoreId: 'id',
    spanId: '',
    name: 'name',
    dataType: 'NUMERIC',
    value: 1,
    text: null,
    comment: null,
    metadata: {},
    timeUs: 0,
    ...fields,
  };
}

test('scores stand with what they judge, in their order', () => {
  const scores = [score({ scoreId: 'a', spanId: 's' }), score({ scoreId: 'b' }), score({ scoreId: 'c', spanId: 's' })];
  const groups = scoresBySpan(scores);
  expect([...groups].map(([spanId, group]) => [spanId, group.map(({ scoreId }) => scoreId)])).toEqual([
    ['s', ['a', 'c']],
    ['', ['b']],
  ]);
});

test.each([
  ['a number', { value: 0.123456 }, '0.1235'],
  ['a large number', { value: 12_345 }, '12,345'],
  ['true', { dataType: 'BOOLEAN', value: 1 }, 'yes'],
  ['false', { dataType: 'BOOLEAN', value: 0 }, 'no'],
  ['a category', { dataType: 'CATEGORICAL', value: null, text: 'happy' }, 'happy'],
  ['nothing', { dataType: 'TEXT', value: null, text: null }, ''],
] as const)('%s is written for a person', (_, fields, expected) => {
  expect(formatScore(score(fields))).toBe(expected);
});
