import type { ArmName } from '../arms/registry.js';
import { createRandom, shuffled } from '../statistics/random.js';
import type { LabMode, Scenario } from './scenarios.js';

/** One sample to take. */
export interface ScheduledSample {
  readonly round: number;
  readonly scenario: Scenario;
  readonly arm: ArmName;
}

/** What a schedule is made from; the same choice gives the same schedule. */
export interface ScheduleChoice {
  readonly mode: LabMode;
  readonly scenarios: readonly Scenario[];
  /** Arms to take; what has none is compared with nothing, so the untraced arms are always in. */
  readonly arms: readonly ArmName[];
  readonly round: number;
  readonly seed: number;
}

/**
 * The samples of one round: each scenario once, in random order, and in it each arm once, in random order and next to
 * each other in time, so that what the machine does meanwhile meets all of them (a randomised complete block).
 */
export function scheduleRound({ mode, scenarios, arms, round, seed }: ScheduleChoice): ScheduledSample[] {
  const random = createRandom(seed + round * 7_919);
  const due = scenarios.filter(
    ({ quickRounds }) => mode === 'full' || quickRounds === undefined || round < quickRounds,
  );
  return shuffled(blocksOf(due), random).flatMap((block) =>
    shuffled(
      block.flatMap((scenario) =>
        scenario.arms.filter((arm) => arms.includes(arm)).map((arm) => ({ round, scenario, arm })),
      ),
      random,
    ),
  );
}

/** Scenarios that are compared with each other are taken as one. */
function blocksOf(scenarios: readonly Scenario[]): Scenario[][] {
  const blocks = new Map<string, Scenario[]>();
  for (const scenario of scenarios) {
    const name = scenario.block ?? scenario.name;
    blocks.set(name, [...(blocks.get(name) ?? []), scenario]);
  }
  return [...blocks.values()];
}
