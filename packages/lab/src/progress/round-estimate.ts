import type { ArmName } from '../arms/registry.js';
import type { LabMode, Scenario } from '../runner/scenarios.js';
import { type ScheduledSample, scheduleRound } from '../runner/schedule.js';
import { estimateSampleMs } from './sample-prior.js';

/** What a run will take, by the settings of its scenarios alone. */
export interface RunChoice {
  readonly mode: LabMode;
  readonly scenarios: readonly Scenario[];
  readonly arms: readonly ArmName[];
}

/** How long a sample will probably take. */
export type Expect = (step: Pick<ScheduledSample, 'scenario' | 'arm'>) => number;

const byPrior: Expect = ({ scenario, arm }) => estimateSampleMs(scenario, arm);

/** How long a round will take; scenarios with rounds of their own are in the first ones only. */
export function estimateRoundMs(choice: RunChoice, round: number, expect: Expect = byPrior): number {
  return scheduleRound({ ...choice, round, seed: 0 }).reduce((total, step) => total + expect(step), 0);
}

/** A bound, so that a run of next to nothing does not count for ever. */
const MOST_ROUNDS = 1_000;

/** How many rounds end within a time, and at least the least. */
export function roundsWithin(
  choice: RunChoice,
  limits: { readonly budgetMs: number; readonly least: number; readonly most?: number },
): number {
  const most = Math.min(limits.most ?? MOST_ROUNDS, MOST_ROUNDS);
  let spentMs = 0;
  for (let round = 0; round < most; round++) {
    spentMs += estimateRoundMs(choice, round);
    if (spentMs > limits.budgetMs && round >= limits.least) return round;
  }
  return most;
}
