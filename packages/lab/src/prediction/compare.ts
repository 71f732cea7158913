import { describeArm } from '../arms/registry.js';
import type { ArmSummary, ScenarioSummary } from '../report/model.js';
import type { Estimate } from '../statistics/bootstrap.js';
import type { HeadlineCell, PredictedMetric } from './headline.js';
import type { Predictions } from './predict.js';

/** A figure as the model said it before the run, and as the run found it. */
export interface ComparedCell extends HeadlineCell {
  readonly predicted: number;
  /** Undefined where the run has no such sample. */
  readonly measured?: number;
  /** Where the measured figure lies for all the run knows. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** Predicted over measured, less one. */
  readonly error?: number;
  /** Garbage collection a span beyond that of the work alone, where the run counted it. */
  readonly gcUsPerSpan?: number;
  /** Why the two cannot be held against each other: noise, or a library that did less than it was asked to. */
  readonly doubt?: 'noise' | 'floor' | 'lost';
}

/** A stall that the work has too is no stall of the library's: one must be so many times as long. */
const STALL_OVER_FLOOR = 2;

/** Puts every predicted figure beside the measured one. */
export function comparePredictions(
  { cells }: Predictions,
  summaries: readonly ScenarioSummary[],
): readonly ComparedCell[] {
  return cells.flatMap(({ scenario, arm, metrics }) => {
    const summary = summaries.find((candidate) => candidate.scenario === scenario);
    const own = summary?.arms.find((candidate) => candidate.arm === arm);
    return (Object.entries(metrics) as [PredictedMetric, number][]).map(([metric, predicted]): ComparedCell => {
      const measured = measuredOf(own, metric);
      if (measured === undefined) return { scenario, arm, metric, predicted };
      const doubt = doubtOf(own, summary, metric, { predicted, measured: measured.median });
      return {
        scenario,
        arm,
        metric,
        predicted,
        measured: measured.median,
        interval: { low: measured.low, high: measured.high },
        ...(measured.median > 0 ? { error: predicted / measured.median - 1 } : {}),
        ...(doubt === undefined ? {} : { doubt }),
        ...(metric === 'mainCpuUsPerSpan' ? gcOf(own, summary) : {}),
      };
    });
  });
}

function gcOf(own: ArmSummary | undefined, summary: ScenarioSummary | undefined): Pick<ComparedCell, 'gcUsPerSpan'> {
  const bare = summary?.arms.find(({ arm }) => describeArm(arm).side === 'none')?.metrics.gcMs?.median;
  const traced = own?.metrics.gcMs?.median;
  if (own === undefined || bare === undefined || traced === undefined || own.spansSent === 0) return {};
  return { gcUsPerSpan: Math.max(0, ((traced - bare) * 1_000 * own.samples) / own.spansSent) };
}

const ADDED: readonly PredictedMetric[] = ['mainCpuUsPerSpan', 'mainCpuUsPerRequest'];

function measuredOf(own: ArmSummary | undefined, metric: PredictedMetric): Estimate | undefined {
  return (ADDED.includes(metric) ? own?.added : own?.metrics)?.[metric];
}

function doubtOf(
  own: ArmSummary | undefined,
  summary: ScenarioSummary | undefined,
  metric: PredictedMetric,
  { predicted, measured }: { readonly predicted: number; readonly measured: number },
): ComparedCell['doubt'] {
  if ((own?.lossy ?? 0) > 0) return 'lost';
  if (metric === 'longestStallMs') {
    const floors = summary?.arms
      .filter(({ arm }) => describeArm(arm).side === 'none')
      .flatMap(({ metrics }) => metrics.longestStallMs?.median ?? []);
    const floorMs = Math.max(0, ...(floors ?? []));
    return predicted < STALL_OVER_FLOOR * floorMs ? 'floor' : undefined;
  }
  return measured <= (summary?.noise[metric] ?? 0) ? 'noise' : undefined;
}
