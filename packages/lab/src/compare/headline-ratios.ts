import { describeArm } from '../arms/registry.js';
import type { LabReport, ScenarioSummary } from '../report/model.js';
import { pairedRatio } from '../report/paired.js';
import { WORK_ITSELF } from '../report/rounds.js';
import { principalMeasure } from '../report/verdict/measures.js';
import { rivalsOf } from '../report/verdict/rivals.js';
import type { Estimate } from '../statistics/bootstrap.js';

/** Which arm is divided by which, and what of theirs. */
export interface RatioQuestion {
  readonly scenario: string;
  readonly title: string;
  readonly own: string;
  readonly other: string;
  readonly measure: string;
}

/** Such a ratio in one run. */
export interface HeadlineRatio {
  readonly question: RatioQuestion;
  readonly estimate: Estimate;
}

/**
 * How every arm of ours stands against each peer that captures as much, and against untraced, in what each kind of
 * scenario is judged by first. Ratios travel between machines and hours better than figures do.
 */
export function headlineRatios(report: LabReport): HeadlineRatio[] {
  return report.summaries
    .filter(({ kind }) => kind === 'loop' || kind === 'server' || kind === 'startup')
    .flatMap((scenario) =>
      scenario.arms
        .filter(({ arm }) => describeArm(arm).side === 'own')
        .flatMap((own) => {
          const peers = rivalsOf(own, scenario).map(({ arm }) => ratioOf(report, scenario, own.arm, arm));
          return [...peers, ratioOf(report, scenario, own.arm, 'untraced')].flat();
        }),
    );
}

function ratioOf(report: LabReport, summary: ScenarioSummary, own: string, other: string): HeadlineRatio[] {
  const { scenario, title, kind } = summary;
  const { metric, title: measure, isAdded } = principalMeasure(kind);
  const isPeer = other !== 'untraced';
  const divisor = isPeer ? other : WORK_ITSELF;
  const estimate = pairedRatio(report, { scenario, own, other: divisor, metric, isAdded: isAdded && isPeer });
  return estimate === undefined ? [] : [{ question: { scenario, title, own, other, measure }, estimate }];
}
