import { expect, test } from 'vitest';
import { PYTHON_CASES, samplesOf } from './cases.js';
import { scheduleRound } from './schedule.js';

const every = (): boolean => true;
const name = ({ definition, subject, variant }: ReturnType<typeof scheduleRound>[number]): string =>
  `${definition.id} ${subject} ${variant}`;

test('a round takes every form of every case once', () => {
  const expected = PYTHON_CASES.flatMap((definition) => samplesOf(definition, 0)).map(name);
  expect(scheduleRound(0, 1, every).map(name).toSorted()).toEqual(expected.toSorted());
  expect(new Set(expected).size).toBe(expected.length);
});

test('the samples of a case stand next to each other', () => {
  const ids = scheduleRound(3, 1, every).map(({ definition }) => definition.id);
  const changes = ids.filter((id, index) => id !== ids[index - 1]);
  expect(changes).toHaveLength(PYTHON_CASES.length);
});

test('rounds differ in order, and a seed gives the same order again', () => {
  expect(scheduleRound(0, 1, every).map(name)).toEqual(scheduleRound(0, 1, every).map(name));
  expect(scheduleRound(1, 1, every).map(name)).not.toEqual(scheduleRound(0, 1, every).map(name));
});

test('what cannot run is not planned', () => {
  const subjects = new Set(scheduleRound(0, 1, (subject) => subject !== 'langfuse-5').map(({ subject }) => subject));
  expect(subjects).not.toContain('langfuse-5');
  expect(subjects).toContain('langfuse-3');
});

test('every case is asked of an untraced subject, or has a form without the mistake', () => {
  for (const definition of PYTHON_CASES) {
    const hasBase = definition.subjects.includes('untraced');
    expect(hasBase || definition.variants.some((variant) => variant.startsWith('good')), definition.id).toBe(true);
  }
});
