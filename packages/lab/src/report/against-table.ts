import { AGAINST_ARM } from '../arms/registry.js';
import type { MetricName } from '../sample/protocol.js';
import type { LabReport } from './model.js';
import { formatEstimate, formatNumber } from './number-text.js';
import { pairedRatio } from './paired.js';
import type { Table } from './table.js';

const OWN = 'slipstream';
const COMMIT_CHARS = 12;

interface Measure {
  readonly header: string;
  readonly metric: MetricName;
  /** What tracing added, rather than as measured. */
  readonly isAdded: boolean;
}

const MEASURES: readonly Measure[] = [
  { header: 'added CPU a span, now / then [95 %]', metric: 'mainCpuUsPerSpan', isAdded: true },
  { header: 'p99, now / then [95 %]', metric: 'p99Ms', isAdded: false },
];

/** This commit's Slipstream beside another's, scenario by scenario; undefined where the run has no other. */
export function againstTable(report: LabReport): Table | undefined {
  const rows = report.summaries.flatMap(({ scenario }) => {
    const cells = MEASURES.map(({ metric, isAdded }) =>
      pairedRatio(report, { scenario, own: OWN, other: AGAINST_ARM, metric, isAdded }),
    );
    if (cells.every((cell) => cell === undefined)) return [];
    const rounds = Math.max(...cells.map((cell) => cell?.count ?? 0));
    return [[scenario, ...cells.map(formatEstimate), ...cpuOf(report, scenario), String(rounds)]];
  });
  if (rows.length === 0) return undefined;
  const { ref, commit } = report.environment.against ?? { ref: 'another commit', commit: '' };
  return {
    title: `This commit against ${ref}${commit === '' ? '' : ` (${commit.slice(0, COMMIT_CHARS)})`}`,
    columns: [
      'scenario',
      ...MEASURES.map(({ header }) => header),
      'added CPU now, µs/span',
      'added CPU then, µs/span',
      'rounds',
    ].map((header, index) => ({ header, align: index === 0 ? 'left' : 'right' })),
    rows,
    notes: [
      'Below 1: this commit costs less. A ratio is taken within each round, against the untraced samples of the same round; an interval that holds 1 says that they are the same as far as this run can tell.',
      'A scenario whose added CPU was not above zero in a round gives no ratio for it.',
    ],
  };
}

function cpuOf({ summaries }: LabReport, scenario: string): string[] {
  const arms = summaries.find((summary) => summary.scenario === scenario)?.arms ?? [];
  return [OWN, AGAINST_ARM].map((name) =>
    formatNumber(arms.find(({ arm }) => arm === name)?.added.mainCpuUsPerSpan?.median),
  );
}
