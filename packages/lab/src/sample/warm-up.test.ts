import { expect, test } from 'vitest';
import { driftOf, warmUp, warmUpRule } from './warm-up.js';

/** Cycles whose times are known. */
function cycles(timeOf: (index: number) => number): () => Promise<number> {
  let index = 0;
  return () => Promise.resolve(timeOf(index++));
}

test('a warm-up whose cycles stay the same ends at the configured number', async () => {
  await expect(
    warmUp(
      warmUpRule(40),
      cycles(() => 3),
    ),
  ).resolves.toEqual({ cycles: 40, settled: true, driftShare: 0 });
});

test('a warm-up goes on until its cycles have settled', async () => {
  // Compiled after 45 cycles, which is after the configured 40.
  const outcome = await warmUp(
    warmUpRule(40),
    cycles((index) => (index < 45 ? 10 - index / 9 : 5)),
  );
  expect(outcome.settled).toBe(true);
  expect(outcome.cycles).toBeGreaterThan(45);
  expect(outcome.cycles).toBeLessThanOrEqual(80);
});

test('a warm-up that never settles ends at its bound and says by how much it still changed', async () => {
  const outcome = await warmUp(
    { leastCycles: 20, mostCycles: 60 },
    cycles((index) => 2 ** index),
  );
  expect(outcome).toMatchObject({ cycles: 60, settled: false });
  expect(outcome.driftShare).toBeGreaterThan(0.05);
});

test('a warm-up too short to be compared is not called settled', async () => {
  await expect(
    warmUp(
      { leastCycles: 2, mostCycles: 2 },
      cycles(() => 1),
    ),
  ).resolves.toEqual({
    cycles: 2,
    settled: false,
    driftShare: 1,
  });
});

test('drift compares the last cycles with as many before, whatever single ones do', () => {
  expect(driftOf([10, 10, 10, 11, 11, 11], 3)).toBeCloseTo(0.1);
  expect(driftOf([10, 99, 10, 10, 99, 10], 3)).toBe(0);
  expect(driftOf([10, 10], 2)).toBe(Number.POSITIVE_INFINITY);
});
