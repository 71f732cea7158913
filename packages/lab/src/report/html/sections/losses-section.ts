import type { MetricName } from '../../../sample/protocol.js';
import { armTitle } from '../../arm-title.js';
import { verdict, withUnit } from '../../goals-table.js';
import { intervalText, ratioText } from '../../interval-text.js';
import type { ArmSummary, GoalResult, LabReport } from '../../model.js';
import { formatNumber } from '../../number-text.js';
import { incompleteRuns, type LostCell, standingOf } from '../../verdict/losses.js';
import { describeShortfall } from '../../verdict/row-verdict.js';
import { type Html, html } from '../markup.js';
import type { Section } from '../section.js';
import { htmlTable } from '../table.js';

/** What this run says against us, before anything that it says for us. */
export function lossesSection(report: LabReport): Section {
  const standing = standingOf(report);
  const missed = report.goals.filter(({ met }) => met === false);
  const { lost, won, level } = standing;
  const cells = won + lost.length + level;
  return {
    id: 'losses',
    title: 'Where Slipstream loses',
    body: html`<p>${missed.length === 0 ? 'Every goal that this run could judge was met.' : `${missed.length} of ${report.goals.length} goals were missed.`} ${
      cells > 0 &&
      `Held against the best peer that captured as much and lost nothing, figure by figure, Slipstream is better in ${won} of ${cells}, worse in ${lost.length}, and not distinguishable in ${level}.`
    }</p>${missedTable(missed)}${lostTable(lost)}${incomplete(report)}`,
  };
}

function missedTable(missed: readonly GoalResult[]): Html | undefined {
  if (missed.length === 0) return undefined;
  const rows = missed
    .toSorted((left, right) => excess(right) - excess(left))
    .map((goal) => ({
      cells: [goal.text, withUnit(goal.limit, goal.unit), withUnit(goal.measured, goal.unit), howFar(goal)],
    }));
  return html`<h3>Goals missed</h3>${htmlTable(
    'Goals missed, the furthest first',
    [
      { header: 'goal' },
      { header: 'at most', isNumeric: true },
      { header: 'measured', isNumeric: true },
      { header: '' },
    ],
    rows,
  )}`;
}

function excess({ limit, measured }: GoalResult): number {
  if (limit === undefined || measured === undefined) return 0;
  return limit === 0 ? Number.POSITIVE_INFINITY : measured / limit;
}

function howFar(goal: GoalResult): string {
  const ratio = excess(goal);
  if (goal.incomplete === true) return verdict(goal);
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)} times the limit` : verdict(goal);
}

function lostTable(lost: readonly LostCell[]): Html | undefined {
  if (lost.length === 0) return undefined;
  return html`<h3>Figures in which another library is better</h3>${htmlTable(
    'Figures in which a library that captured as much and lost nothing is better',
    [
      { header: 'what', isWide: true },
      { header: 'question', isWide: true },
      { header: 'ours', isNumeric: true },
      { header: 'theirs', isNumeric: true },
      { header: 'ours / theirs', isNumeric: true },
      { header: 'who', isWide: true },
    ],
    grouped(lost).map(({ measure, scenario, own, ownFigure, peer, peerFigure, ratio }) => ({
      cells: [
        `${measure.title}, ${measure.unit}`,
        html`<a href="${`#scenario-${scenario.scenario}`}">${scenario.title}</a>`,
        intervalText(ownFigure),
        intervalText(peerFigure),
        ratioText(ratio),
        `${armTitle(own.arm)} against ${armTitle(peer.arm)}${together(measure.metric, own, peer)}`,
      ],
    })),
  )}<p class="note">Worse means: by more than the noise, by more than 2 %, and with an interval of the ratio that lies above 1. CPU time of other threads is what Slipstream spends instead of the serving thread's: on a machine whose cores are all busy it is not free.</p>`;
}

/** Cells of one measure stand together, the measure with the worst of them first. */
function grouped(lost: readonly LostCell[]): LostCell[] {
  const metrics = [...new Set(lost.map(({ measure }) => measure.metric))];
  return metrics.flatMap((metric) => lost.filter(({ measure }) => measure.metric === metric));
}

/** What other threads take is only half of the story. */
function together(metric: MetricName, own: ArmSummary, peer: ArmSummary): string {
  const total = ({ added: { mainCpuUsPerSpan: main, otherCpuUsPerSpan: other } }: ArmSummary): number | undefined =>
    main === undefined || other === undefined ? undefined : main.median + other.median;
  const [ours, theirs] = [total(own), total(peer)];
  if (metric !== 'otherCpuUsPerSpan' || ours === undefined || theirs === undefined) return '';
  return `; all threads together ${formatNumber(ours)} against ${formatNumber(theirs)}`;
}

function incomplete(report: LabReport): Html | undefined {
  const runs = incompleteRuns(report);
  if (runs.length === 0) return undefined;
  return html`<h3>Runs of ours that did not deliver everything</h3><ul>${runs.map(
    ({ scenario, own }) =>
      html`<li>${armTitle(own.arm)}, ${scenario.title}: ${describeShortfall(own)}${own.failed > 0 && ` failed in ${own.failed} of ${own.samples} runs`}.</li>`,
  )}</ul>`;
}
