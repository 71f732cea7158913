import {
  MISTAKE_LIBRARIES,
  type Mistake,
  type MistakeLibrary,
  type MistakeMetric,
  type MistakeVersion,
} from '../../mistakes/mistake.js';
import { compareVersions } from '../../mistakes/mistake-figures.js';
import { MISTAKES } from '../../mistakes/mistakes.js';
import type { Estimate } from '../../statistics/bootstrap.js';
import { armTitle } from '../arm-title.js';
import { intervalText } from '../interval-text.js';
import type { ArmSummary, LabReport } from '../model.js';
import type { MethodClaim, MistakeClaim } from './claim.js';
import { type ClaimVerdict, judgeRange, judgeVersions } from './judge.js';
import { millisecondsOf, scaled } from './units.js';

/** What one library says to one claim. */
export interface ClaimAnswer {
  readonly claim: string;
  readonly title: string;
  readonly language: 'JavaScript' | 'Python';
  readonly subject: string;
  /** The notes' figure, or the model's where it has one. */
  readonly predicted: string;
  readonly measured: string;
  readonly verdict: ClaimVerdict;
}

/** What the JavaScript libraries add to the serving thread by each way, against what the notes say of it in Python. */
export function answerMethod(report: LabReport, { id, title, range, unit, javascript }: MethodClaim): ClaimAnswer[] {
  return javascript.map(({ arm, scenarios }) => {
    const summary = scenarios.map((name) => findArm(report, name, arm)).find((found) => found !== undefined);
    const addedUs = summary?.added.mainCpuUsPerSpan;
    const verdict = judgeRange(addedUs === undefined ? undefined : scaled(addedUs, 1e-3), range);
    return {
      claim: id,
      title,
      language: 'JavaScript',
      subject: armTitle(arm),
      predicted: `${range.low} to ${range.high} ms ${unit}`,
      measured: intervalText(addedUs, 'µs a span'),
      verdict: withLoss(verdict, summary),
    };
  });
}

/** What each wrong version of a mistake took beside the good one, library by library. */
export function answerMistake(report: LabReport, claim: MistakeClaim): ClaimAnswer[] {
  const mistake = MISTAKES.find(({ number }) => number === claim.id);
  if (mistake === undefined) return [];
  return MISTAKE_LIBRARIES.flatMap((library) =>
    mistake.versions.flatMap((version) =>
      version.metric === undefined
        ? []
        : [answerVersion(report, claim, mistake, { version, metric: version.metric, library })],
    ),
  );
}

interface AskedVersion {
  readonly version: MistakeVersion;
  readonly metric: MistakeMetric;
  readonly library: MistakeLibrary;
}

function answerVersion(report: LabReport, claim: MistakeClaim, mistake: Mistake, asked: AskedVersion): ClaimAnswer {
  const { version, metric, library } = asked;
  const { bad, good, difference, isLossy, isTold } = compareVersions(report, mistake, version, metric, library);
  const factor = millisecondsOf(metric.unit);
  const inMs = (estimate: Estimate | undefined): Estimate | undefined =>
    estimate === undefined || factor === undefined ? estimate : scaled(estimate, factor);
  const verdict = judgeVersions({
    bad: inMs(bad),
    good: inMs(good),
    difference: inMs(difference),
    asks: claim.asks,
    better: metric.better,
    ...(factor === undefined || claim.cost === undefined ? {} : { cost: claim.cost }),
  });
  const told = isTold ? '; the library says so at start' : '';
  const loss = isLossy && verdict.outcome !== 'not-measured' ? ', while spans were lost' : '';
  return {
    claim: claim.id,
    title: claim.title,
    language: 'JavaScript',
    subject: `${armTitle(library)}, ${version.title}`,
    predicted: costText(claim),
    measured:
      bad === undefined || good === undefined
        ? '–'
        : `bad ${intervalText(bad, metric.unit)}, good ${intervalText(good, metric.unit)} (${metric.title})`,
    verdict: { ...verdict, text: `${verdict.text}${loss}${told}` },
  };
}

/** What the notes say that a mistake costs. */
export function costText({ cost, spanCost, asks }: MistakeClaim): string {
  if (cost !== undefined) return `costs ${cost.low} to ${cost.high} ms`;
  if (spanCost !== undefined) return `${spanCost.low} to ${spanCost.high} ms a traced child`;
  return asks === 'cure' ? 'no figure' : 'costs more';
}

function findArm({ summaries }: LabReport, scenario: string, name: string): ArmSummary | undefined {
  // Names from claims may be those of arms that this version of the registry does not have.
  return summaries.find((summary) => summary.scenario === scenario)?.arms.find(({ arm }) => String(arm) === name);
}

function withLoss(verdict: ClaimVerdict, summary: ArmSummary | undefined): ClaimVerdict {
  if (summary === undefined || summary.lossy === 0 || verdict.outcome === 'not-measured') return verdict;
  return { ...verdict, text: `${verdict.text}, while it lost spans` };
}
