import type { ArmName } from '../arms/registry.js';
import type { Predictions } from '../prediction/predict.js';
import type { PythonResults } from '../python/model.js';
import type { LabEnvironment } from '../runner/environment.js';
import type { BackendKind, LabMode, LabSuite, Scenario } from '../runner/scenarios.js';
import type { MetricName } from '../sample/protocol.js';
import type { Estimate } from '../statistics/bootstrap.js';
import type { SampleRecord } from './sample-record.js';

/** Estimates by the name of what they estimate. */
export type Estimates = Partial<Record<MetricName, Estimate>>;

/** All samples of one arm in one scenario, put together. */
export interface ArmSummary {
  readonly arm: ArmName;
  readonly samples: number;
  readonly failed: number;
  /** Samples in which not every span arrived. */
  readonly lossy: number;
  readonly spansSent: number;
  readonly spansDelivered: number;
  /** As measured. */
  readonly metrics: Estimates;
  /** The same with the untraced samples of the same round subtracted, for CPU. */
  readonly added: Estimates;
  /** Divided by the untraced samples of the same round, for latency. */
  readonly overUntraced: Estimates;
  /** For Slipstream: its added CPU divided by the best peer's of the same round. */
  readonly overBestPeer?: PeerRatio;
  /** Where the library keeps books and they were asked for. */
  readonly books?: BooksSummary;
  readonly notes: readonly string[];
}

/** The books of all samples together. */
export interface BooksSummary {
  /** Samples whose books account for each span that was made, and for no other. */
  readonly balanced: number;
  readonly samples: number;
  /** Spans that were made, by the lab's own count. */
  readonly offered: number;
  readonly open: number;
  readonly pending: number;
  readonly delivered: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** A ratio to the peer that did best among those that capture as much. */
export interface PeerRatio {
  readonly peer: ArmName;
  /** True when even the best peer lost spans, so that the ratio is to a library that did less. */
  readonly peerLossy: boolean;
  readonly ratio: Estimate;
}

/** What the cost of a loop is divided by. */
export type SpanUnit = 'span' | 'call' | 'step';

/** All arms of one scenario, in the order of the registry. */
export interface ScenarioSummary {
  readonly scenario: string;
  readonly title: string;
  readonly kind: Scenario['kind'];
  /** What stood in the sink's place. */
  readonly backend?: BackendKind;
  /** What a figure "a span" is of, where the work is another library's: a call of a model, a step of a chain. */
  readonly unit?: SpanUnit;
  /** Median distance between the two untraced arms of a round; a smaller difference says nothing. */
  readonly noise: Partial<Record<MetricName, number>>;
  readonly arms: readonly ArmSummary[];
}

/** A number that the design promises, beside what this run measured. */
export interface GoalResult {
  readonly id: string;
  readonly text: string;
  readonly scenario: string;
  readonly arm: ArmName;
  readonly unit: string;
  /** Undefined where it comes from the run's own untraced samples and there are none. */
  readonly limit?: number;
  /** Undefined when this run did not measure it. */
  readonly measured?: number;
  readonly met?: boolean;
  /** Missed whatever was measured, because spans or captured text were lost. */
  readonly incomplete?: boolean;
}

/** A run of the lab: the raw samples, what they come to, and all that is needed to judge or to repeat it. */
export interface LabReport {
  readonly format: 'slipstream-lab/1';
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly command: string;
  readonly mode: LabMode;
  /** The matrix where it is not said: the first reports had nothing else. */
  readonly suites?: readonly LabSuite[];
  readonly seed: number;
  readonly rounds: number;
  readonly environment: LabEnvironment;
  readonly scenarios: readonly Scenario[];
  /** What the cost model said before the first sample; reports from before there was one have none. */
  readonly predictions?: Predictions;
  readonly samples: readonly SampleRecord[];
  /** Where Python was asked for. */
  readonly python?: PythonResults;
  readonly summaries: readonly ScenarioSummary[];
  readonly goals: readonly GoalResult[];
}
