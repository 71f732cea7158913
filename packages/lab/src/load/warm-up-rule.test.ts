import { expect, test } from 'vitest';
import { loadWarmUpRule } from './warm-up-rule.js';

test('a long warm-up is cut into slices that can be compared, and may take longer', () => {
  const { sliceMs, rule } = loadWarmUpRule(3_000);
  expect(sliceMs * rule.leastCycles).toBe(3_000);
  expect(rule.mostCycles).toBeGreaterThan(rule.leastCycles);
});

test('a short warm-up takes what it was given', () => {
  for (const warmupMs of [50, 900]) {
    const { sliceMs, rule } = loadWarmUpRule(warmupMs);
    expect(sliceMs * rule.leastCycles).toBeCloseTo(warmupMs);
    expect(rule.mostCycles).toBe(rule.leastCycles);
  }
});
