import type { MetricName } from '../sample/protocol.js';
import { type Estimate, estimateMedian } from '../statistics/bootstrap.js';
import { median } from '../statistics/quantile.js';
import type { LabReport } from './model.js';
import { combineRounds, createRounds, type Rounds, ratiosOfRounds } from './rounds.js';

/** What is asked of two arms of a scenario. */
export interface PairQuestion {
  readonly scenario: string;
  readonly own: string;
  readonly other: string;
  readonly metric: MetricName;
  /** What both have above the work itself in the same round, rather than as measured. */
  readonly isAdded: boolean;
}

/**
 * One arm's figure divided by another's, within each round: what both share (the hour, the neighbours on the machine)
 * cancels out, which it does not where two medians are divided. Undefined without a round that has both.
 */
export function pairedRatio(report: LabReport, question: PairQuestion): Estimate | undefined {
  return estimateMedian(ratiosOf(report, question), report.seed);
}

/** The median of it alone, where no interval is shown: resampling is what takes the time. */
export function pairedMedian(report: LabReport, question: PairQuestion): number | undefined {
  const ratios = ratiosOf(report, question);
  return ratios.length === 0 ? undefined : median(ratios);
}

/** One arm's figure less another's, within each round. */
export function pairedDifference(report: LabReport, question: Omit<PairQuestion, 'isAdded'>): Estimate | undefined {
  const { own, other, metric } = question;
  const differences = combineRounds(
    roundsOf(report, question.scenario),
    [own, other],
    metric,
    (mine, theirs) => mine - theirs,
  );
  return estimateMedian(differences, report.seed);
}

function ratiosOf(report: LabReport, { scenario, own, other, metric, isAdded }: PairQuestion): number[] {
  return ratiosOfRounds(roundsOf(report, scenario), [own, other], metric, isAdded);
}

function roundsOf({ samples }: LabReport, scenario: string): Rounds {
  return createRounds(samples.filter((sample) => sample.scenario === scenario));
}
