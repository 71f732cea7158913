import type { ArmName } from '../arms/registry.js';
import { createRandom, shuffled } from '../statistics/random.js';
import { DEAR_ARMS, type LabMode, type Scenario } from './scenarios.js';

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
 * each other in time, so that what the machine does meanwhile meets all of them (a randomised complete block). Every
 * second round is the one before it in reverse: what grows or fades evenly in their time cancels out in the pair.
 */
export function scheduleRound({ mode, scenarios, arms, round, seed }: ScheduleChoice): ScheduledSample[] {
  const isReversed = round % 2 === 1;
  const random = createRandom(seed + (isReversed ? round - 1 : round) * 7_919);
  // All scenarios, due or not: both rounds of a pair then draw the same numbers.
  const steps = shuffled(blocksOf(scenarios), random).flatMap((block) =>
    shuffled(
      block.flatMap((scenario) =>
        scenario.arms.filter((arm) => arms.includes(arm)).map((arm) => ({ round, scenario, arm })),
      ),
      random,
    ),
  );
  const due = steps.filter(({ scenario, arm }) => round < roundsOf(scenario, mode) && isArmDue(arm, mode, round));
  return isReversed ? due.reverse() : due;
}

/** The dear arms are in the first of so many pairs of rounds. */
const DEAR_ONES_EVERY_PAIRS = 4;

/** In a full run some arms would take half of the time: they are in every fourth pair of rounds. */
function isArmDue(arm: ArmName, mode: LabMode, round: number): boolean {
  return mode === 'quick' || !DEAR_ARMS.has(arm) || Math.floor(round / 2) % DEAR_ONES_EVERY_PAIRS === 0;
}

/** In how many rounds a scenario is taken. */
export function roundsOf({ quickRounds, fullRounds }: Scenario, mode: LabMode): number {
  return (mode === 'full' ? fullRounds : quickRounds) ?? Number.POSITIVE_INFINITY;
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
