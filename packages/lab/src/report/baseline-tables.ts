import { type ArmName, describeArm } from '../arms/registry.js';
import type { MetricName } from '../sample/protocol.js';
import { SERVER_FIGURES, type ServerFigures, SPAN_FIGURES, type SpanFigures } from './baseline-figures.js';
import { contentShare, didLess } from './content-share.js';
import type { ArmSummary, ScenarioSummary } from './model.js';
import { formatNumber, formatPercent, NO_VALUE } from './number-text.js';
import type { Table } from './table.js';

/** The rows of both tables, in the order of the baseline, ours first. */
const ROWS: readonly ArmName[] = [
  'untraced',
  'untraced-again',
  'slipstream',
  'slipstream-capture-off',
  'dd-trace',
  'opentelemetry',
  'langfuse-capture-off',
  'langfuse',
  'laminar',
  'sentry',
  'opik',
  'langfuse-3',
  'langsmith',
];

/** A measure of the baseline: what the run says now, and what was noted then. */
interface Measure<Figures> {
  readonly header: string;
  readonly scenario: string;
  readonly value: (summary: ArmSummary) => number | undefined;
  readonly noted?: keyof Figures;
  /** Whether the next column says how many times Slipstream's value it is. */
  readonly isCompared: boolean;
}

const addedCpu = ({ added }: ArmSummary): number | undefined => added.mainCpuUsPerSpan?.median;
const metric =
  (name: MetricName) =>
  ({ metrics }: ArmSummary): number | undefined =>
    metrics[name]?.median;

const SPAN_MEASURES: readonly Measure<SpanFigures>[] = [
  { header: 'tiny, µs', scenario: 'tiny-paced', value: addedCpu, noted: 'tinyUs', isCompared: true },
  { header: '4 KB, µs', scenario: '4kb-paced', value: addedCpu, noted: 'fourKbUs', isCompared: true },
  {
    header: '100 KB, 10 traces then rest, µs',
    scenario: '100kb-string-crowded',
    value: addedCpu,
    noted: 'hundredKbUs',
    isCompared: true,
  },
  { header: '100 KB, 1 trace then rest, µs', scenario: '100kb-string-paced', value: addedCpu, isCompared: true },
  {
    header: 'longest stall at 4 KB, ms',
    scenario: '4kb-paced',
    value: metric('longestStallMs'),
    noted: 'stallMs',
    isCompared: true,
  },
];

const SERVER = 'server-4kb';
const SERVER_MEASURES: readonly Measure<ServerFigures>[] = [
  {
    header: 'answered/s',
    scenario: SERVER,
    value: metric('answeredPerSecond'),
    noted: 'answeredPerSecond',
    isCompared: false,
  },
  { header: 'p50 ms', scenario: SERVER, value: metric('p50Ms'), noted: 'p50Ms', isCompared: false },
  { header: 'p99 ms', scenario: SERVER, value: metric('p99Ms'), noted: 'p99Ms', isCompared: true },
  {
    header: 'p99 / untraced',
    scenario: SERVER,
    value: ({ overUntraced }) => overUntraced.p99Ms?.median,
    isCompared: false,
  },
  {
    header: 'main-thread CPU, ms/s',
    scenario: SERVER,
    value: metric('mainCpuMsPerSecond'),
    noted: 'mainCpuMsPerSecond',
    isCompared: false,
  },
  {
    header: 'of it added, ms/s',
    scenario: SERVER,
    value: ({ added }) => added.mainCpuMsPerSecond?.median,
    isCompared: true,
  },
];

/** Both tables of the baseline, from one run: each figure with what was noted then in brackets. */
export function baselineTables(summaries: readonly ScenarioSummary[]): Table[] {
  const traced = ROWS.filter((arm) => describeArm(arm).side !== 'none');
  return [
    baselineTable(summaries, SPAN_MEASURES, SPAN_FIGURES, {
      title: 'The table of the baseline, measured again: main-thread CPU a span and the longest stall',
      rows: traced,
      notes: [
        'Untraced subtracted, except from the stall. In brackets: the baseline, single runs on another noisy machine; compare within a column, not with the brackets.',
        'x: times the value of Slipstream, with capture off where the library has it off.',
      ],
    }),
    baselineTable(summaries, SERVER_MEASURES, SERVER_FIGURES, {
      title: 'The table of the baseline, measured again: the server',
      rows: ROWS,
      notes: ['400 requests/s offered, one trace of 7 spans x 4 KB each. In brackets: the baseline.'],
    }),
  ];
}

interface Frame {
  readonly title: string;
  readonly rows: readonly ArmName[];
  readonly notes: readonly string[];
}

function baselineTable<Figures>(
  summaries: readonly ScenarioSummary[],
  measures: readonly Measure<Figures>[],
  figures: Readonly<Partial<Record<ArmName, Figures>>>,
  { title, rows, notes }: Frame,
): Table {
  const find = (scenario: string, arm: ArmName): ArmSummary | undefined =>
    summaries.find((summary) => summary.scenario === scenario)?.arms.find((summary) => summary.arm === arm);
  const present = rows.filter((arm) => measures.some(({ scenario }) => find(scenario, arm) !== undefined));
  const headers = measures.flatMap(({ header, isCompared }) => (isCompared ? [header, 'x'] : [header]));
  const cells = (arm: ArmName): string[] =>
    measures.flatMap((measure) => {
      const summary = find(measure.scenario, arm);
      const own = find(measure.scenario, describeArm(arm).captures ? 'slipstream' : 'slipstream-capture-off');
      const noted = measure.noted === undefined ? undefined : figures[arm]?.[measure.noted];
      const now = `${valueText(summary, measure)}${noted === undefined ? '' : ` (${String(noted)})`}`;
      return measure.isCompared ? [now, timesText(summary, own, measure)] : [now];
    });
  const scenarios = [...new Set(measures.map(({ scenario }) => scenario))];
  return {
    title,
    columns: ['library', ...headers].map((header, index) => ({ header, align: index === 0 ? 'left' : 'right' })),
    rows: present.map((arm) => [arm, ...cells(arm)]),
    notes: [
      ...notes,
      ...scenarios.flatMap((scenario) => present.flatMap((arm) => shortfall(scenario, find(scenario, arm)))),
    ],
  };
}

function valueText<Figures>(summary: ArmSummary | undefined, { value }: Measure<Figures>): string {
  if (summary === undefined) return NO_VALUE;
  return `${formatNumber(value(summary))}${didLess(summary) ? '*' : ''}`;
}

function timesText<Figures>(
  summary: ArmSummary | undefined,
  own: ArmSummary | undefined,
  { value }: Measure<Figures>,
): string {
  if (summary === undefined || own === undefined || describeArm(summary.arm).side !== 'peer') return '';
  const [theirs, ours] = [value(summary), value(own)];
  if (theirs === undefined || ours === undefined || ours <= 0) return '';
  return `${formatNumber(theirs / ours)}${didLess(own) ? '*' : ''}`;
}

function shortfall(scenario: string, summary: ArmSummary | undefined): string[] {
  if (summary === undefined || (!didLess(summary) && summary.failed === 0)) return [];
  const { arm, failed, samples, lossy, spansSent, spansDelivered } = summary;
  const share = contentShare(summary);
  const parts = [
    ...(lossy > 0 ? [`lost ${formatPercent(1 - spansDelivered / spansSent)} of its spans`] : []),
    ...(share === undefined ? [] : [`delivered ${formatPercent(share)} of the captured text`]),
    ...(failed > 0 ? [`failed in ${failed} of ${samples} runs`] : []),
  ];
  return [`* ${arm}, ${scenario}: ${parts.join(', ')}.`];
}
