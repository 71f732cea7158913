import { describeArm } from '../../../arms/registry.js';
import { armTitle } from '../../arm-title.js';
import { verdict, withUnit } from '../../goals-table.js';
import { intervalText, ratioText } from '../../interval-text.js';
import type { ArmSummary, GoalResult, LabReport, ScenarioSummary } from '../../model.js';
import { formatNumber, formatPercent, NO_VALUE } from '../../number-text.js';
import { rowVerdict } from '../../verdict/row-verdict.js';
import { type Html, html } from '../markup.js';
import { type HtmlColumn, type HtmlRow, htmlTable } from '../table.js';

interface Field {
  readonly header: string;
  readonly cell: (arm: ArmSummary) => string;
}

/** One question: its table with a verdict a row, its noise, and what the samples had to say. */
export function scenarioSection(report: LabReport, scenario: ScenarioSummary): Html {
  const fields = fieldsOf(scenario);
  const columns: HtmlColumn[] = [
    { header: 'traced with' },
    { header: 'verdict', isWide: true },
    ...fields.map(({ header }) => ({ header, isNumeric: true })),
    { header: 'spans delivered', isNumeric: true },
  ];
  const rows = scenario.arms.map((arm) => scenarioRow(report, scenario, arm, fields));
  return html`
<h3 id="${`scenario-${scenario.scenario}`}">${scenario.title}</h3>
${htmlTable(`${scenario.title} (${scenario.scenario})`, columns, rows)}
<p class="note">${noiseText(scenario)}${notesOf(scenario)}</p>`;
}

function scenarioRow(report: LabReport, scenario: ScenarioSummary, arm: ArmSummary, fields: readonly Field[]): HtmlRow {
  const goals = report.goals.filter((goal) => goal.arm === arm.arm && goal.scenario === scenario.scenario);
  const { side } = describeArm(arm.arm);
  const cells = [
    armTitle(arm.arm),
    html`${rowVerdict(report, scenario, arm)}${goals.map((goal) => goalText(goal))}`,
    ...fields.map(({ cell }) => cell(arm)),
    deliveredText(arm),
  ];
  if (side === 'own') return { cells, mark: 'own' };
  return side === 'none' ? { cells, mark: 'quiet' } : { cells };
}

function goalText(goal: GoalResult): Html {
  const style = goal.met === undefined ? 'soft' : goal.met ? 'good' : 'bad';
  return html`<br><span class="${style}">goal ≤ ${withUnit(goal.limit, goal.unit)}: ${verdict(goal)}</span>`;
}

function fieldsOf({ kind, unit = 'span' }: ScenarioSummary): Field[] {
  const metric = (header: string, name: keyof ArmSummary['metrics']): Field => ({
    header,
    cell: ({ metrics }) => intervalText(metrics[name]),
  });
  switch (kind) {
    case 'loop':
      return [
        { header: `added on the serving thread, µs/${unit}`, cell: addedCpu },
        { header: `on other threads, µs/${unit}`, cell: ({ added }) => intervalText(added.otherCpuUsPerSpan) },
        metric('longest stall, ms', 'longestStallMs'),
        { header: `bytes/${unit}`, cell: ({ metrics }) => formatNumber(metrics.bodyBytesPerSpan?.median) },
      ];
    case 'server':
      return [
        { header: 'answered/s', cell: ({ metrics }) => formatNumber(metrics.answeredPerSecond?.median) },
        metric('p50, ms', 'p50Ms'),
        metric('p99, ms', 'p99Ms'),
        { header: 'p99 / untraced', cell: ({ overUntraced }) => ratioText(overUntraced.p99Ms) },
        { header: 'serving thread, ms/s added', cell: ({ added }) => intervalText(added.mainCpuMsPerSecond) },
        metric('longest stall, ms', 'longestStallMs'),
      ];
    case 'startup':
      return [
        metric('import, ms', 'importMs'),
        metric('memory, MB', 'importRssMb'),
        metric('set-up, ms', 'setUpMs'),
        metric('first call, ms', 'firstCallMs'),
      ];
    case 'burst':
      return [metric('loop, ms', 'burstMs'), metric('until sent, ms', 'flushWallMs')];
    case 'exit':
      return [metric('start to end, ms', 'exitMs')];
    case 'visible':
      return [metric('median, ms', 'visibleMs'), metric('slowest, ms', 'visibleMaxMs')];
    case 'figure':
      return [
        metric('minified and gzipped, KB', 'sdkGzipKb'),
        metric('dependencies', 'sdkDependencies'),
        metric('start to ready, ms', 'collectorReadyMs'),
      ];
    case 'mistake':
      return [
        metric('first request, ms', 'firstCallMs'),
        metric('a request, ms', 'callMs'),
        metric('serving thread, µs/request', 'mainCpuUsPerRequest'),
        metric('longest stall, ms', 'longestStallMs'),
        { header: 'spans/request', cell: ({ metrics }) => formatNumber(metrics.spansPerRequest?.median) },
      ];
  }
}

function addedCpu({ arm, added }: ArmSummary): string {
  return arm === 'untraced' ? NO_VALUE : intervalText(added.mainCpuUsPerSpan);
}

function deliveredText({ spansSent, spansDelivered, samples, failed }: ArmSummary): string {
  if (failed === samples) return 'failed';
  if (spansSent === 0) return NO_VALUE;
  return spansDelivered >= spansSent ? 'all' : formatPercent(spansDelivered / spansSent);
}

/** The noise floor in words; without a second untraced arm there is none, and that is said. */
export function noiseText({ kind, noise, unit = 'span' }: ScenarioSummary): string {
  if (kind === 'loop' && noise.mainCpuUsPerSpan !== undefined) {
    return `Noise floor: the two untraced arms are ${formatNumber(noise.mainCpuUsPerSpan)} µs a ${unit} apart. `;
  }
  if (kind === 'server' && noise.p99Ms !== undefined) {
    const p50 = noise.p50Ms === undefined ? '' : `, p50 ${formatNumber(noise.p50Ms)} ms`;
    return `Noise floor: the two untraced servers are apart by p99 ${formatNumber(noise.p99Ms)} ms${p50}. `;
  }
  return '';
}

const SHOWN_NOTES = 6;

function notesOf({ arms }: ScenarioSummary): Html[] {
  const notes = arms.flatMap(({ arm, notes: own }) => own.map((note) => `${armTitle(arm)}: ${oneLine(note)}`));
  return notes.slice(0, SHOWN_NOTES).map((note) => html`<br>${note}`);
}

function oneLine(note: string): string {
  return note.replaceAll('\n', ' ').slice(0, 300);
}
