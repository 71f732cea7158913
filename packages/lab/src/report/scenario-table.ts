import type { MetricName } from '../sample/protocol.js';
import { contentShare } from './content-share.js';
import { verdict, withUnit } from './goals-table.js';
import type { ArmSummary, GoalResult, ScenarioSummary } from './model.js';
import { formatEstimate, formatNumber, formatPercent, formatRatio } from './number-text.js';
import type { Alignment, Table } from './table.js';

interface Field {
  readonly header: string;
  readonly align?: Alignment;
  readonly cell: (summary: ArmSummary) => string;
}

/** The table of a scenario, with the goals that belong to each row. */
export function scenarioTable(summary: ScenarioSummary, goals: readonly GoalResult[]): Table {
  const fields: readonly Field[] = [
    { header: 'arm', align: 'left', cell: ({ arm }) => arm },
    ...fieldsOf(summary),
    { header: 'delivered', cell: delivered },
    { header: 'goal', align: 'left', cell: (arm) => goalCell(arm, summary, goals) },
  ];
  return {
    title: summary.title,
    columns: fields.map(({ header, align }) => ({ header, align: align ?? 'right' })),
    rows: summary.arms.map((arm) => fields.map((field) => field.cell(arm))),
    notes: [...noiseNotes(summary), ...summary.arms.flatMap(armNotes)],
  };
}

function fieldsOf({ kind, unit = 'span' }: ScenarioSummary): Field[] {
  switch (kind) {
    case 'loop':
      return [
        { header: `main-thread CPU added, µs/${unit} [95 %]`, cell: addedCpu },
        { header: 'against best peer', cell: againstBestPeer },
        { header: `other threads, µs/${unit}`, cell: metric('otherCpuUsPerSpan') },
        { header: 'longest stall, ms', cell: metric('longestStallMs') },
        { header: `bytes/${unit}`, cell: metric('bodyBytesPerSpan') },
      ];
    case 'server':
      return [
        { header: 'answered/s', cell: metric('answeredPerSecond') },
        { header: 'p50 ms', cell: metric('p50Ms') },
        { header: 'p90 ms', cell: metric('p90Ms') },
        { header: 'p99 ms [95 %]', cell: ({ metrics }) => formatEstimate(metrics.p99Ms) },
        { header: 'p99 / untraced', cell: ({ overUntraced }) => formatRatio(overUntraced.p99Ms?.median) },
        { header: 'max ms', cell: metric('maxMs') },
        { header: 'main-thread CPU, ms/s', cell: metric('mainCpuMsPerSecond') },
        { header: 'longest stall, ms', cell: metric('longestStallMs') },
      ];
    case 'startup':
      return [
        { header: 'import, ms', cell: metric('importMs') },
        { header: 'memory, MB', cell: metric('importRssMb') },
        { header: 'set-up, ms', cell: metric('setUpMs') },
        { header: 'first call, ms', cell: metric('firstCallMs') },
      ];
    case 'burst':
      return [
        { header: 'loop, ms', cell: metric('burstMs') },
        { header: 'flush, ms', cell: metric('flushWallMs') },
        { header: 'main-thread CPU, µs/span', cell: metric('mainCpuUsPerSpan') },
      ];
    case 'exit':
      return [{ header: 'start to end, ms', cell: metric('exitMs') }];
    case 'visible':
      return [
        { header: 'median, ms', cell: metric('visibleMs') },
        { header: 'slowest, ms', cell: metric('visibleMaxMs') },
      ];
    case 'figure':
      return [
        { header: 'minified and gzipped, KB', cell: metric('sdkGzipKb') },
        { header: 'dependencies', cell: metric('sdkDependencies') },
        { header: 'start to ready, ms', cell: metric('collectorReadyMs') },
      ];
    case 'mistake':
      return [
        { header: 'first request, ms', cell: metric('firstCallMs') },
        { header: 'a request, ms', cell: metric('callMs') },
        { header: 'p99 ms', cell: metric('p99Ms') },
        { header: 'main-thread CPU, µs/request', cell: metric('mainCpuUsPerRequest') },
        { header: 'longest stall, ms', cell: metric('longestStallMs') },
        { header: 'spans/request', cell: metric('spansPerRequest') },
        { header: 'bytes/request', cell: metric('bodyBytesPerRequest') },
      ];
  }
}

function metric(name: MetricName): (summary: ArmSummary) => string {
  return ({ metrics }) => formatNumber(metrics[name]?.median);
}

function addedCpu({ arm, metrics, added }: ArmSummary): string {
  const itself = formatNumber(metrics.mainCpuUsPerSpan?.median);
  return arm === 'untraced' ? `(the work itself: ${itself})` : formatEstimate(added.mainCpuUsPerSpan);
}

function againstBestPeer({ overBestPeer }: ArmSummary): string {
  if (overBestPeer === undefined) return '';
  const { peer, peerLossy, ratio } = overBestPeer;
  return `${formatRatio(ratio.median)} of ${peer}${peerLossy ? ' (which lost spans)' : ''}`;
}

function delivered(summary: ArmSummary): string {
  const { samples, failed, lossy, spansSent, spansDelivered } = summary;
  if (failed === samples) return 'FAILED';
  const failures = failed === 0 ? '' : `, ${failed} of ${samples} failed`;
  if (spansSent === 0) return failures === '' ? '' : failures.slice(2);
  const share = contentShare(summary);
  const content = share === undefined ? failures : `, ${formatPercent(share)} of the text${failures}`;
  if (lossy === 0) return `all${content}`;
  return `LOST ${formatPercent(1 - spansDelivered / spansSent)}${content}`;
}

function goalCell({ arm }: ArmSummary, { scenario }: ScenarioSummary, goals: readonly GoalResult[]): string {
  return goals
    .filter((goal) => goal.arm === arm && goal.scenario === scenario)
    .map((goal) => `<= ${withUnit(goal.limit, goal.unit)}: ${verdict(goal)}`)
    .join('; ');
}

function noiseNotes({ kind, noise, unit = 'span' }: ScenarioSummary): string[] {
  if (kind === 'loop' && noise.mainCpuUsPerSpan !== undefined) {
    return [`noise (two untraced arms, median distance): ${formatNumber(noise.mainCpuUsPerSpan)} µs/${unit}`];
  }
  if (kind === 'server' && noise.p99Ms !== undefined) {
    return [`noise (two untraced arms, median distance): p99 ${formatNumber(noise.p99Ms)} ms`];
  }
  return [];
}

function armNotes({ arm, notes }: ArmSummary): string[] {
  return notes.map((note) => `${arm}: ${note.replaceAll('\n', ' ').slice(0, 200)}`);
}
