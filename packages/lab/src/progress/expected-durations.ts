import type { SampleRecord } from '../report/sample-record.js';
import type { ScheduledSample } from '../runner/schedule.js';
import { median } from '../statistics/quantile.js';
import { estimateSampleMs } from './sample-prior.js';

type Step = Pick<ScheduledSample, 'scenario' | 'arm'>;

/** What is known of how long samples take. */
export interface ExpectedDurations {
  /** Learns from a sample. */
  add(step: Step, durationMs: number): void;
  expectMs(step: Step): number;
}

/**
 * Expects of a scenario and arm what they took in earlier rounds; before that what their settings say, corrected by
 * how far those were off on this machine so far.
 */
export function createExpectedDurations(): ExpectedDurations {
  const taken = new Map<string, number[]>();
  const errors: number[] = [];
  let correction = 1;
  return {
    add(step, durationMs) {
      const key = keyOf(step);
      taken.set(key, [...(taken.get(key) ?? []), durationMs]);
      errors.push(durationMs / estimateSampleMs(step.scenario, step.arm));
      correction = median(errors);
    },
    expectMs(step) {
      const own = taken.get(keyOf(step));
      return own === undefined ? correction * estimateSampleMs(step.scenario, step.arm) : median(own);
    },
  };
}

/** The same, with what an earlier part of the run has taken. */
export function learnDurations(
  durations: ExpectedDurations,
  samples: readonly SampleRecord[],
  scenarios: readonly Step['scenario'][],
): void {
  const byName = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
  for (const { scenario, arm, durationMs } of samples) {
    const found = byName.get(scenario);
    if (found !== undefined) durations.add({ scenario: found, arm }, durationMs);
  }
}

function keyOf({ scenario, arm }: Step): string {
  return `${scenario.name} ${arm}`;
}
