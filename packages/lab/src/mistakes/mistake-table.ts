import type { LabReport } from '../report/model.js';
import { formatEstimate, formatNumber } from '../report/number-text.js';
import type { Column, Table } from '../report/table.js';
import { MISTAKE_LIBRARIES, type Mistake, type MistakeLibrary, type MistakeVersion } from './mistake.js';
import { compareVersions, estimateVersion, type MistakeFigures } from './mistake-figures.js';
import { MISTAKES } from './mistakes.js';
import { mistakeScenarioName } from './scenarios.js';

/** How each library is named to a reader. */
const NAMES: Readonly<Record<MistakeLibrary, string>> = { langfuse: 'Langfuse', slipstream: 'Slipstream' };

const COLUMNS: readonly Column[] = [
  { header: 'mistake', align: 'left' },
  { header: 'judged by', align: 'left' },
  ...MISTAKE_LIBRARIES.flatMap((library): Column[] => [
    { header: `${NAMES[library]}: bad`, align: 'right' },
    { header: 'good', align: 'right' },
    { header: 'difference [95 %]', align: 'right' },
  ]),
];

/**
 * What each mistake costs beside its cure, with both libraries side by side. Pure: everything follows from the samples.
 *
 * @returns undefined where the report has no mistakes
 */
export function mistakeTable(report: Pick<LabReport, 'samples' | 'seed'>): Table | undefined {
  const measured = MISTAKES.filter((mistake) =>
    mistake.versions.some((version) => isMeasured(report, mistakeScenarioName(mistake, version))),
  );
  if (measured.length === 0) return undefined;
  return {
    title: 'What the mistakes cost, each beside its cure',
    columns: COLUMNS,
    rows: measured.flatMap((mistake) => rowsOf(report, mistake)),
    notes: [
      'µs and ms of CPU and of requests are what tracing adds: the untraced program of the same round is taken off. Stalls and counts are as measured.',
      ...measured.flatMap((mistake) => notesOf(report, mistake)),
    ],
  };
}

function isMeasured({ samples }: Pick<LabReport, 'samples'>, name: string): boolean {
  return samples.some(({ scenario }) => scenario === name);
}

/** A row for each wrong version; the good one is in all of them. */
function rowsOf(report: Pick<LabReport, 'samples' | 'seed'>, mistake: Mistake): string[][] {
  return mistake.versions.flatMap((version) => {
    const { metric } = version;
    if (metric === undefined || !isMeasured(report, mistakeScenarioName(mistake, version))) return [];
    const figures = MISTAKE_LIBRARIES.flatMap((library) =>
      cellsOf(compareVersions(report, mistake, version, metric, library)),
    );
    const unit = metric.unit === '' ? '' : `, ${metric.unit}`;
    return [[`${mistake.number} ${version.title}`, `${metric.title}${unit}`, ...figures]];
  });
}

function cellsOf({ bad, good, difference, isLossy, isTold }: MistakeFigures): string[] {
  const marks = `${isTold ? ' (after an error at start)' : ''}${isLossy ? ' LOST SPANS' : ''}`;
  return [`${formatNumber(bad?.median)}${marks}`, formatNumber(good?.median), formatEstimate(difference)];
}

function notesOf(report: Pick<LabReport, 'samples' | 'seed'>, mistake: Mistake): string[] {
  const { number, claim, goodMeans, inSlipstream } = mistake;
  return [
    `${number} ${mistake.title}. The notes: ${claim}. Good: ${goodMeans}. In Slipstream: ${inSlipstream}.`,
    ...mistake.versions.flatMap((version) => lookUpNote(report, mistake, version)),
  ];
}

/** Where a mistake is about how a client is found: what that takes, and whether the mistake was told. */
function lookUpNote(report: Pick<LabReport, 'samples' | 'seed'>, mistake: Mistake, version: MistakeVersion): string[] {
  const scenario = mistakeScenarioName(mistake, version);
  const texts = MISTAKE_LIBRARIES.flatMap((library) => {
    const lookUp = estimateVersion(report, scenario, library, 'lookUpNs');
    if (lookUp === undefined) return [];
    const told = estimateVersion(report, scenario, library, 'told')?.median;
    return [`${NAMES[library]} ${formatNumber(lookUp.median)} ns${toldText(told)}`];
  });
  return texts.length === 0 ? [] : [`${mistake.number} ${version.name}: a look-up takes ${texts.join('; ')}.`];
}

function toldText(told: number | undefined): string {
  if (told === undefined || !Number.isFinite(told)) return '';
  return told === 0 ? ', and nothing tells of the mistake' : ', and the mistake is an error at start';
}
