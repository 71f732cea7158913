import { createExpectedDurations, type ExpectedDurations, learnDurations } from '../progress/expected-durations.js';
import type { Progress, ProgressState } from '../progress/progress.js';
import { estimateRoundMs } from '../progress/round-estimate.js';
import { timeText } from '../progress/time-text.js';
import type { SampleRecord } from '../report/sample-record.js';
import type { Journal } from './journal.js';
import type { RunPlan } from './plan.js';
import { type ScheduledSample, scheduleRound } from './schedule.js';
import { type SampleSurroundings, takeSample } from './take-sample.js';

/** What the rounds are taken with. */
export interface RoundsChoice {
  readonly plan: RunPlan;
  /** Those that the run had before it was cut off. */
  readonly earlier: readonly SampleRecord[];
  readonly journal: Journal;
  /** `performance.now()` when the command began: the time budget holds installing and calibrating too. */
  readonly begin: number;
  readonly surroundings: SampleSurroundings;
  readonly progress: Progress;
  readonly say: (line: string) => void;
  /** Writes the report of what there is. */
  readonly write: (samples: readonly SampleRecord[]) => Promise<void>;
}

/** What the rounds came to. */
export interface RoundsOutcome {
  readonly samples: readonly SampleRecord[];
  readonly isInterrupted: boolean;
}

/** Writing the report in between is for those who look; it may take this share of the time and no more. */
const WRITING_SHARE = 0.03;
const MS_PER_MINUTE = 60_000;

/**
 * Takes the rounds that are not yet taken. Each sample is in the journal before the next begins. A sample during which
 * the run was interrupted does not count.
 */
export async function takeRounds(choice: RoundsChoice): Promise<RoundsOutcome> {
  const { plan, progress, say } = choice;
  const { rounds, minRounds = 1, budgetMinutes } = plan.options;
  const run = createRunState(choice);
  for (let round = 0; round < rounds && !run.isInterrupted(); round++) {
    const steps = run.missingSteps(round);
    if (steps.length === 0) continue;
    const tooLong = run.spentMs() + run.expectRoundMs(steps) > budgetMinutes * MS_PER_MINUTE;
    if (tooLong && round >= minRounds && round > 0 && steps.length === run.stepsOf(round).length) {
      say(
        `stopping after round ${round}: the next one would exceed the time budget of ${timeText(budgetMinutes * MS_PER_MINUTE)}`,
      );
      break;
    }
    for (const step of steps) {
      progress.begin(`${step.scenario.name} ${step.arm}`, run.state(round));
      const sample = await takeSample(step, choice.surroundings);
      if (run.isInterrupted()) break;
      await run.keep(step, sample);
      progress.end(sample, run.state(round));
    }
    if (!run.isInterrupted()) await run.writeIfCheap();
  }
  progress.clear();
  return { samples: run.samples, isInterrupted: run.isInterrupted() };
}

function createRunState({ plan, earlier, journal, begin, surroundings, write }: RoundsChoice) {
  const samples: SampleRecord[] = [...earlier];
  const taken = new Set(earlier.map(keyOf));
  const durations = createExpectedDurations();
  learnDurations(durations, earlier, plan.scenarios);
  const beforeMs = earlier.reduce((total, { durationMs }) => total + durationMs, 0);
  let writingMs = 0;
  const stepsOf = (round: number): ScheduledSample[] => {
    const { mode, arms, seed } = plan.options;
    return scheduleRound({ mode, scenarios: plan.scenarios, arms, round, seed });
  };
  const missingSteps = (round: number): ScheduledSample[] =>
    stepsOf(round).filter(({ scenario, arm }) => !taken.has(keyOf({ scenario: scenario.name, arm, round })));
  const spentMs = (): number => beforeMs + performance.now() - begin;
  return {
    samples,
    stepsOf,
    missingSteps,
    spentMs,
    isInterrupted: () => surroundings.signal?.aborted === true,
    expectRoundMs: (steps: readonly ScheduledSample[]) =>
      steps.reduce((total, step) => total + durations.expectMs(step), 0),
    state: (round: number): ProgressState =>
      forecast(plan, durations, { round, spentMs: spentMs(), done: samples.length, missing: missingSteps(round) }),
    async keep(step: ScheduledSample, sample: SampleRecord) {
      await journal.append(sample);
      samples.push(sample);
      taken.add(keyOf(sample));
      durations.add(step, sample.durationMs);
    },
    async writeIfCheap() {
      if (writingMs > WRITING_SHARE * (performance.now() - begin)) return;
      const writing = performance.now();
      await write(samples);
      writingMs += performance.now() - writing;
    },
  };
}

interface Standing {
  readonly round: number;
  readonly spentMs: number;
  readonly done: number;
  readonly missing: readonly ScheduledSample[];
}

/** What is left: the rest of this round, and the rounds that will then still fit. */
function forecast(plan: RunPlan, durations: ExpectedDurations, standing: Standing): ProgressState {
  const { mode, arms, rounds, minRounds = 1, budgetMinutes } = plan.options;
  const { round, spentMs, done, missing } = standing;
  const choice = { mode, arms, scenarios: plan.scenarios };
  let leftMs = missing.reduce((total, step) => total + durations.expectMs(step), 0);
  let all = done + missing.length;
  let next = round + 1;
  for (; next < rounds; next++) {
    const roundMs = estimateRoundMs(choice, next, (step) => durations.expectMs(step));
    const size = scheduleRound({ ...choice, round: next, seed: 0 }).length;
    if (size === 0) break;
    if (next >= minRounds && spentMs + leftMs + roundMs > budgetMinutes * MS_PER_MINUTE) break;
    leftMs += roundMs;
    all += size;
  }
  return { round: round + 1, rounds: next, done, all, leftMs };
}

function keyOf({ scenario, arm, round }: Pick<SampleRecord, 'scenario' | 'arm' | 'round'>): string {
  return `${scenario} ${arm} ${round}`;
}
