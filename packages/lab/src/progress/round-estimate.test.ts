import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ARMS } from '../arms/registry.js';
import type { LabReport } from '../report/model.js';
import { EVERY_SUITE, type Scenario, scenariosOf } from '../runner/scenarios.js';
import { estimateRoundMs, type RunChoice, roundsWithin } from './round-estimate.js';
import { estimateSampleMs } from './sample-prior.js';

const MS_PER_MINUTE = 60_000;
const everyArm = ARMS.map(({ name }) => name);
const choice = (mode: 'quick' | 'full', scenarios: readonly Scenario[]): RunChoice => ({
  mode,
  scenarios,
  arms: everyArm,
});

test('a quick run of the matrix ends in time for the peers to be installed within its ten minutes', () => {
  const matrix = choice('quick', scenariosOf('quick'));
  const budgetMs = 8 * MS_PER_MINUTE;
  const rounds = roundsWithin(matrix, { budgetMs, least: 1, most: 5 });
  // Two rounds are a pair, a third one makes an interval.
  expect(rounds).toBeGreaterThanOrEqual(3);
  const total = Array.from({ length: rounds }, (_, round) => estimateRoundMs(matrix, round));
  expect(total.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(budgetMs);
});

test('a usual round of a full run takes less than nine minutes, and at least twenty fit into four hours', () => {
  const full = choice('full', scenariosOf('full', EVERY_SUITE));
  // Past the rounds of what is asked a few times only, and in a pair without the dear arms.
  expect(estimateRoundMs(full, 10)).toBeLessThan(9 * MS_PER_MINUTE);
  expect(roundsWithin(full, { budgetMs: 240 * MS_PER_MINUTE, least: 3 })).toBeGreaterThanOrEqual(20);
});

test('a run has its least rounds, whatever they take', () => {
  const full = choice('full', scenariosOf('full', EVERY_SUITE));
  expect(roundsWithin(full, { budgetMs: 1, least: 3 })).toBe(3);
  expect(roundsWithin(full, { budgetMs: 1, least: 3, most: 2 })).toBe(2);
});

/** Samples of the committed reports, which a machine has taken. */
function committedSamples(): { readonly estimatedMs: number; readonly takenMs: number } {
  const path = new URL('../../results/full.json', import.meta.url);
  const { samples, scenarios } = JSON.parse(readFileSync(path, 'utf8')) as LabReport;
  const byName = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
  return samples.reduce(
    ({ estimatedMs, takenMs }, { scenario, arm, durationMs }) => ({
      estimatedMs: estimatedMs + estimateSampleMs(byName.get(scenario)!, arm),
      takenMs: takenMs + durationMs,
    }),
    { estimatedMs: 0, takenMs: 0 },
  );
}

test('what a run was estimated to take is within a third of what the committed one took', () => {
  const { estimatedMs, takenMs } = committedSamples();
  expect(estimatedMs).toBeGreaterThan(takenMs * 0.67);
  expect(estimatedMs).toBeLessThan(takenMs * 1.33);
});
