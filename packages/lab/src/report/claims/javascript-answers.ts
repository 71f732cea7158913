import {
  MISTAKE_LIBRARIES,
  type Mistake,
  type MistakeLibrary,
  type MistakeMetric,
  type MistakeVersion,
} from '../../mistakes/mistake.js';
import { compareVersions } from '../../mistakes/mistake-figures.js';
import { MISTAKES } from '../../mistakes/mistakes.js';
import { mistakeScenarioName } from '../../mistakes/scenarios.js';
import type { PredictedMetric } from '../../prediction/headline.js';
import type { MetricName } from '../../sample/protocol.js';
import type { Estimate } from '../../statistics/bootstrap.js';
import { armTitle } from '../arm-title.js';
import { intervalText } from '../interval-text.js';
import type { ArmSummary, LabReport, ScenarioSummary } from '../model.js';
import { formatNumber, NO_VALUE } from '../number-text.js';
import type { MethodClaim, MistakeClaim } from './claim.js';
import { type ClaimVerdict, judgeRange, judgeVersions } from './judge.js';
import { millisecondsOf, scaled } from './units.js';

/** What one library says to one claim. */
export interface ClaimAnswer {
  readonly claim: string;
  readonly title: string;
  readonly language: 'JavaScript' | 'Python';
  readonly subject: string;
  readonly notesSay: string;
  /** What the cost model said before the run; a dash where it says nothing. */
  readonly predicted: string;
  readonly measured: string;
  readonly verdict: ClaimVerdict;
}

/** What the JavaScript libraries add to the serving thread by each way, against what the notes say of it in Python. */
export function answerMethod(report: LabReport, { id, title, range, unit, javascript }: MethodClaim): ClaimAnswer[] {
  return javascript.map(({ arm, scenarios }) => {
    const found = scenarios.flatMap((name) => findArm(report, name, arm) ?? [])[0];
    const summary = found?.arm;
    const unitText = `µs a ${found?.scenario.unit ?? 'span'}`;
    const addedUs = summary?.added.mainCpuUsPerSpan;
    const verdict = judgeRange(addedUs === undefined ? undefined : scaled(addedUs, 1e-3), range);
    return {
      claim: id,
      title,
      language: 'JavaScript',
      subject: armTitle(arm),
      notesSay: `${range.low} to ${range.high} ms ${unit}`,
      predicted: predictedText(
        report,
        { scenario: found?.scenario.scenario, arm, metric: 'mainCpuUsPerSpan' },
        unitText,
      ),
      measured: intervalText(addedUs, unitText),
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
    notesSay: costText(claim),
    predicted: predictedText(
      report,
      { scenario: mistakeScenarioName(mistake, version), arm: library, metric: metric.name },
      metric.unit,
    ),
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

interface FoundArm {
  readonly scenario: ScenarioSummary;
  readonly arm: ArmSummary;
}

function findArm({ summaries }: LabReport, scenario: string, name: string): FoundArm | undefined {
  const found = summaries.find((summary) => summary.scenario === scenario);
  // Names from claims may be those of arms that this version of the registry does not have.
  const arm = found?.arms.find((summary) => String(summary.arm) === name);
  return found === undefined || arm === undefined ? undefined : { scenario: found, arm };
}

interface AskedCell {
  readonly scenario: string | undefined;
  readonly arm: string;
  readonly metric: MetricName;
}

/** What the model said of a cell: of the wrong version, for a mistake. */
function predictedText({ predictions }: LabReport, { scenario, arm, metric }: AskedCell, unit: string): string {
  const cell = predictions?.cells.find((one) => one.scenario === scenario && one.arm === arm);
  const value = cell?.metrics[metric as PredictedMetric];
  return value === undefined ? NO_VALUE : `${formatNumber(value)} ${unit}`;
}

function withLoss(verdict: ClaimVerdict, summary: ArmSummary | undefined): ClaimVerdict {
  if (summary === undefined || summary.lossy === 0 || verdict.outcome === 'not-measured') return verdict;
  return { ...verdict, text: `${verdict.text}, while it lost spans` };
}
