import type { MetricName } from '../sample/protocol.js';
import { type Estimate, estimateMedian } from '../statistics/bootstrap.js';
import { median } from '../statistics/quantile.js';
import type { LabReport } from './model.js';

/** What is asked of two arms of a scenario. */
export interface PairQuestion {
  readonly scenario: string;
  readonly own: string;
  readonly other: string;
  readonly metric: MetricName;
  /** What both have above the untraced sample of the same round, rather than as measured. */
  readonly isAdded: boolean;
}

/**
 * One arm's figure divided by another's, within each round: what both share (the hour, the neighbours on the machine)
 * cancels out, which it does not where two medians are divided. Undefined without a round that has both.
 */
export function pairedRatio(report: LabReport, question: PairQuestion): Estimate | undefined {
  return estimateMedian(ratiosOfRounds(report, question), report.seed);
}

/** The median of it alone, where no interval is shown: resampling is what takes the time. */
export function pairedMedian(report: LabReport, question: PairQuestion): number | undefined {
  const ratios = ratiosOfRounds(report, question);
  return ratios.length === 0 ? undefined : median(ratios);
}

/** One arm's figure less another's, within each round. */
export function pairedDifference(report: LabReport, question: Omit<PairQuestion, 'isAdded'>): Estimate | undefined {
  const values = readRounds(report, { ...question, isAdded: false });
  const differences = values.rounds.flatMap((round) => {
    const mine = values.of(question.own, round);
    const theirs = values.of(question.other, round);
    return mine === undefined || theirs === undefined ? [] : [mine - theirs];
  });
  return estimateMedian(differences, report.seed);
}

function ratiosOfRounds(report: LabReport, question: PairQuestion): number[] {
  const { own, other, isAdded } = question;
  const values = readRounds(report, question);
  return values.rounds.flatMap((round) => {
    const base = isAdded ? values.of('untraced', round) : 0;
    const mine = values.of(own, round);
    const theirs = values.of(other, round);
    if (base === undefined || mine === undefined || theirs === undefined || theirs <= base) return [];
    return [(mine - base) / (theirs - base)];
  });
}

function readRounds({ samples }: LabReport, { scenario, metric }: PairQuestion) {
  const asked = samples.filter((sample) => sample.scenario === scenario);
  const byKey = new Map(asked.map((sample) => [`${sample.arm} ${sample.round}`, sample.metrics[metric]]));
  return {
    rounds: [...new Set(asked.map(({ round }) => round))].sort((left, right) => left - right),
    of: (arm: string, round: number): number | undefined => byKey.get(`${arm} ${round}`),
  };
}
