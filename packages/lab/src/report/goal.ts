import type { ArmName } from '../arms/registry.js';
import type { ArmSummary, ScenarioSummary } from './model.js';
import type { SampleRecord } from './sample-record.js';

/** What a goal is judged by. */
export interface Findings {
  readonly summaries: readonly ScenarioSummary[];
  readonly samples: readonly SampleRecord[];
}

/** A promise of the design, and how a run shows whether it is kept. */
export interface Goal {
  readonly id: string;
  readonly text: string;
  readonly scenario: string;
  readonly arm: ArmName;
  readonly unit: string;
  /** The measured value must not be above it. A function where it comes from the run itself. */
  readonly limit: number | ((findings: Findings) => number | undefined);
  readonly measure: (findings: Findings) => number | undefined;
  /** The figure is a price: it keeps no promise where spans or captured text were lost. */
  readonly isPrice?: boolean;
}

/** An arm of a scenario, where the run has it. */
export function armIn(findings: Findings, scenario: string, arm: ArmName): ArmSummary | undefined {
  return findings.summaries
    .find((summary) => summary.scenario === scenario)
    ?.arms.find((summary) => summary.arm === arm);
}

/** The longest stall of all untraced samples of a scenario. */
export function longestUntracedStall({ samples }: Findings, scenario: string): number | undefined {
  const untraced = samples.filter(
    (sample) => sample.scenario === scenario && (sample.arm === 'untraced' || sample.arm === 'untraced-again'),
  );
  const stalls = untraced.flatMap((sample) => sample.metrics.longestStallMs ?? []);
  return stalls.length === 0 ? undefined : Math.max(...stalls);
}
