import { describeArm } from '../../arms/registry.js';
import { isUnderOtherNode } from '../../runner/node-name.js';
import { SPANS_PER_TRACE } from '../../sample/traced-work.js';
import type { Estimate } from '../../statistics/bootstrap.js';
import { armTitle } from '../arm-title.js';
import { scaled } from '../claims/units.js';
import { didLess } from '../content-share.js';
import { intervalText } from '../interval-text.js';
import type { ArmSummary, LabReport, ScenarioSummary } from '../model.js';
import { NO_VALUE } from '../number-text.js';
import { pairedDifference } from '../paired.js';
import { WORK_ITSELF } from '../rounds.js';
import { type Column, renderMarkdownTable } from '../table.js';
import { effectOf } from '../verdict/effect.js';
import { withoutTitle } from './goals-block.js';

/** What the notes hold to be achievable for all. */
const BOUND_MS = 10;

/** What tracing adds to the response times of a server under load, way by way, and whether 10 ms hold. */
export function tenMillisecondsUnderLoad(report: LabReport): string {
  const scenarios = report.summaries.filter(
    (summary) => summary.kind === 'server' && summary.backend === undefined && isPlain(summary),
  );
  const rows = scenarios.flatMap((scenario) =>
    scenario.arms.filter(isTraced).flatMap((arm) => serverRow(report, scenario, arm)),
  );
  if (rows.length === 0) return 'Not measured in this run.';
  return table(['traced with', 'question', 'median request, ms added', 'p99, ms added', 'within 10 ms'], rows);
}

function serverRow(report: LabReport, { scenario, title, noise }: ScenarioSummary, arm: ArmSummary): string[][] {
  const added = (metric: 'p50Ms' | 'p99Ms'): Estimate | undefined =>
    pairedDifference(report, { scenario, own: arm.arm, other: WORK_ITSELF, metric });
  const [p50, p99] = [added('p50Ms'), added('p99Ms')];
  if (p50 === undefined || p99 === undefined) return [];
  return [
    [
      armTitle(arm.arm),
      title,
      addedText(p50, noise.p50Ms),
      addedText(p99, noise.p99Ms),
      `${verdictOf([p50, p99])}${didLess(arm) ? ', while it lost spans' : ''}`,
    ],
  ];
}

function addedText(added: Estimate, noise: number | undefined): string {
  const text = intervalText(added);
  return effectOf(added, noise) === 'none' ? `${text}, not distinguishable from untraced` : text;
}

function verdictOf(added: readonly Estimate[]): string {
  if (added.every(({ high }) => high <= BOUND_MS)) return 'yes';
  return added.some(({ low }) => low > BOUND_MS) ? 'no' : 'in doubt: the interval holds 10 ms';
}

/** What a request with one trace pays on the serving thread by itself, payload by payload, and the stall that it can meet. */
export function tenMillisecondsByPayload(report: LabReport): string {
  const scenarios = report.summaries.filter((summary) => summary.kind === 'loop' && isPlain(summary));
  const rows = scenarios.flatMap((scenario) =>
    scenario.arms.filter(isTraced).flatMap((arm) => payloadRow(scenario, arm)),
  );
  if (rows.length === 0) return 'Not measured in this run.';
  const headers = [
    'traced with',
    'payload',
    `CPU of a trace of ${SPANS_PER_TRACE} spans, ms`,
    'longest stall, ms',
    'within 10 ms',
  ];
  return table(headers, rows);
}

function payloadRow({ title, arms }: ScenarioSummary, arm: ArmSummary): string[][] {
  const perSpan = arm.added.mainCpuUsPerSpan;
  const stall = arm.metrics.longestStallMs;
  if (perSpan === undefined) return [];
  const perTrace = scaled(perSpan, SPANS_PER_TRACE / 1_000);
  const untraced = arms.find((other) => other.arm === 'untraced')?.metrics.longestStallMs?.high ?? 0;
  const excess = stall === undefined ? [] : [shifted(stall, -untraced)];
  const verdict = verdictOf([perTrace, ...excess]);
  const reason = verdict === 'no' && perTrace.low <= BOUND_MS ? ': what it defers holds the thread at once' : '';
  return [
    [
      armTitle(arm.arm),
      title,
      intervalText(perTrace),
      stall === undefined ? NO_VALUE : intervalText(stall),
      `${verdict}${reason}${didLess(arm) ? ', while it lost spans or text' : ''}`,
    ],
  ];
}

function shifted({ median, low, high, count }: Estimate, by: number): Estimate {
  return { median: median + by, low: low + by, high: high + by, count };
}

/** Mistakes are no way to trace, and another Node has its own tables. */
function isPlain({ scenario }: ScenarioSummary): boolean {
  return !scenario.startsWith('mistake-') && !isUnderOtherNode(scenario);
}

function isTraced({ arm }: ArmSummary): boolean {
  return describeArm(arm).side !== 'none';
}

function table(headers: readonly string[], rows: readonly string[][]): string {
  const columns = headers.map(
    (header, index): Column => ({
      header,
      align: index > 1 && index < headers.length - 1 ? 'right' : 'left',
    }),
  );
  return withoutTitle(renderMarkdownTable({ title: '', columns, rows, notes: [] }));
}
