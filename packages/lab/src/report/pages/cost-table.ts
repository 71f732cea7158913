import { type ArmName, describeArm } from '../../arms/registry.js';
import { armTitle } from '../arm-title.js';
import { didLess } from '../content-share.js';
import type { ArmSummary, LabReport } from '../model.js';
import { NO_VALUE } from '../number-text.js';
import { type Language, PHRASES, type Phrases } from './language.js';
import { shortFigure, shortRatio } from './short-number.js';

/** A column of the table that the READMEs share. */
interface CostColumn {
  readonly header: (phrases: Phrases) => string;
  readonly scenario: string;
  /** The arm that stands for a library in it. */
  readonly armOf: (arm: string) => string;
  readonly show: (summary: ArmSummary) => string;
}

const itself = (arm: string): string => arm;
const cost = ({ added }: ArmSummary): string => shortFigure(added.mainCpuUsPerSpan?.median);
const COLUMNS: readonly CostColumn[] = [
  {
    header: ({ nothingCaptured }) => nothingCaptured,
    scenario: 'tiny-paced',
    armOf: (arm) => `${arm}-capture-off`,
    show: cost,
  },
  { header: () => '4 KB', scenario: '4kb-paced', armOf: itself, show: cost },
  { header: ({ oneString }) => oneString, scenario: '100kb-string-paced', armOf: itself, show: cost },
  { header: ({ messages }) => messages, scenario: '100kb-messages-paced', armOf: itself, show: cost },
  {
    header: ({ longestStall }) => longestStall,
    scenario: '4kb-paced',
    armOf: itself,
    show: ({ metrics }) => stallText(metrics.longestStallMs?.median),
  },
  {
    header: ({ serverP99 }) => serverP99,
    scenario: 'server-4kb',
    armOf: itself,
    show: ({ overUntraced }) => shortRatio(overUntraced.p99Ms?.median),
  },
];

/** The table of the READMEs: main-thread CPU that tracing adds, µs a span, then the stall and the server. */
export function costTable(report: LabReport, language: Language): string {
  const phrases = PHRASES[language];
  const rows = librariesOf(report).map((arm) => [
    libraryLabel(report, arm, phrases),
    ...COLUMNS.map((column) => cell(report, arm, column)),
  ]);
  const lines = [
    `| | ${COLUMNS.map(({ header }) => header(phrases)).join(' | ')} |`,
    `|---|${COLUMNS.map(() => '--:|').join('')}`,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ];
  const isMarked = rows.flat().some((text) => text.endsWith(' \\*'));
  return [...lines, ...(isMarked ? ['', phrases.didLess] : [])].join('\n');
}

/** Ours, then every library of the 4 KB question in the order of what it costs there. */
function librariesOf({ summaries }: LabReport): ArmName[] {
  const arms = summaries.find(({ scenario }) => scenario === '4kb-paced')?.arms ?? [];
  const peers = arms
    .filter(({ arm }) => describeArm(arm).side === 'peer' && describeArm(arm).captures)
    .toSorted(
      (left, right) => (left.added.mainCpuUsPerSpan?.median ?? 0) - (right.added.mainCpuUsPerSpan?.median ?? 0),
    );
  return [...arms.filter(({ arm }) => arm === 'slipstream'), ...peers].map(({ arm }) => arm);
}

function cell(report: LabReport, library: ArmName, { scenario, armOf, show }: CostColumn): string {
  const wanted = armOf(library);
  const summary = report.summaries
    .find((candidate) => candidate.scenario === scenario)
    ?.arms.find(({ arm }) => String(arm) === wanted);
  if (summary === undefined) return NO_VALUE;
  const text = show(summary);
  return text !== NO_VALUE && didLess(summary) ? `${text} \\*` : text;
}

function stallText(value: number | undefined): string {
  return value === undefined ? NO_VALUE : `${Math.round(value)} ms`;
}

/** Names with versions, as users know the packages. */
function libraryLabel({ environment: { packages } }: LabReport, arm: ArmName, phrases: Phrases): string {
  const version = (name: string): string => (packages[name] === undefined ? '' : ` ${packages[name]}`);
  switch (String(arm)) {
    case 'slipstream':
      return 'Slipstream';
    case 'langfuse':
      return `@langfuse/*${version('@langfuse/tracing')}`;
    case 'opentelemetry':
      return `OpenTelemetry${version('@opentelemetry/sdk-trace-node')}, ${phrases.batch}`;
    case 'dd-trace':
      return `dd-trace${version('dd-trace')} (${phrases.cutsValues})`;
    case 'langfuse-3':
      return `langfuse${version('langfuse')}`;
    default:
      return `${armTitle(arm)}${version(describeArm(arm).packages[0] ?? '')}`;
  }
}
