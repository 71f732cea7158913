import { describeArm } from '../arms/registry.js';
import { modelOf } from '../prediction/arm-models.js';
import { HEADLINE_BOUND, type HeadlineCell, type PredictedMetric } from '../prediction/headline.js';
import type { Prediction, Predictions, PricedTerm } from '../prediction/predict.js';
import { SERVER_FORMULA } from '../prediction/server.js';
import type { ArmSummary, ScenarioSummary } from './model.js';
import { formatNumber, formatPercent, NO_VALUE } from './number-text.js';
import type { Table } from './table.js';

/** A figure as the model said it before the run, and as the run found it. */
export interface ComparedCell extends HeadlineCell {
  readonly predicted: number;
  /** Undefined where the run has no such sample. */
  readonly measured?: number;
  /** Predicted over measured, less one. */
  readonly error?: number;
  /** The measured figure is below what two untraced arms differ by, or its library did less than it was asked to. */
  readonly isDoubtful: boolean;
}

/** Puts every predicted figure beside the measured one. */
export function comparePredictions(
  { cells }: Predictions,
  summaries: readonly ScenarioSummary[],
): readonly ComparedCell[] {
  return cells.flatMap(({ scenario, arm, metrics }) => {
    const summary = summaries.find((candidate) => candidate.scenario === scenario);
    const own = summary?.arms.find((candidate) => candidate.arm === arm);
    return (Object.entries(metrics) as [PredictedMetric, number][]).map(([metric, predicted]) => {
      const measured = measuredOf(own, metric);
      const isDoubtful = (own?.lossy ?? 0) > 0 || (measured ?? 0) <= (summary?.noise[metric] ?? 0);
      const cell = { scenario, arm, metric, predicted, isDoubtful };
      if (measured === undefined) return cell;
      return measured > 0 ? { ...cell, measured, error: predicted / measured - 1 } : { ...cell, measured };
    });
  });
}

function measuredOf(own: ArmSummary | undefined, metric: PredictedMetric): number | undefined {
  const estimates = metric === 'mainCpuUsPerSpan' ? own?.added : own?.metrics;
  return estimates?.[metric]?.median;
}

const METRIC_TEXT: Readonly<Record<PredictedMetric, string>> = {
  mainCpuUsPerSpan: 'CPU added, µs/span',
  longestStallMs: 'longest stall, ms',
  mainCpuMsPerSecond: 'main-thread CPU, ms/s',
  p50Ms: 'p50, ms',
  p99Ms: 'p99, ms',
};

/** The cells that the model is judged by, and all cells, as two tables. */
export function predictionTables(predictions: Predictions, summaries: readonly ScenarioSummary[]): Table[] {
  const compared = comparePredictions(predictions, summaries);
  return [headlineTable(predictions, compared), everyCellTable(predictions, compared), constantsTable(predictions)];
}

function headlineTable(predictions: Predictions, compared: readonly ComparedCell[]): Table {
  const rows = predictions.headline.flatMap((wanted) => compared.find((cell) => isSameCell(cell, wanted)) ?? []);
  const judged = rows.filter(({ error }) => error !== undefined);
  const within = judged.filter(isWithin);
  return {
    title: `Prediction and measurement: the cells that the model is judged by (bound ${HEADLINE_BOUND * 100} %)`,
    columns: [
      { header: 'scenario', align: 'left' },
      { header: 'arm', align: 'left' },
      { header: 'figure', align: 'left' },
      { header: 'predicted', align: 'right' },
      { header: 'measured', align: 'right' },
      { header: 'error', align: 'right' },
      { header: 'verdict', align: 'left' },
    ],
    rows: rows.map((cell) => [...cellTexts(cell), verdictOf(cell)]),
    notes: [
      `${within.length} of ${judged.length} within the bound. Predicted at ${predictions.predictedAt}, before the first sample, from ${formatNumber(predictions.calibration.tookMs / 1_000)} s of micro-benchmarks that load no library; the list of cells is part of the lab's source.`,
      ...judged.filter((cell) => !isWithin(cell)).map((cell) => missText(cell, predictions.cells)),
    ],
  };
}

function everyCellTable(predictions: Predictions, compared: readonly ComparedCell[]): Table {
  const left = { align: 'left' } as const;
  const right = { align: 'right' } as const;
  return {
    title: 'Prediction and measurement: every cell',
    columns: [
      { header: 'scenario', ...left },
      { header: 'arm', ...left },
      { header: 'figure', ...left },
      { header: 'predicted', ...right },
      { header: 'measured', ...right },
      { header: 'error', ...right },
      { header: 'of it direct, µs/span', ...right },
      { header: 'deferred, µs/span', ...right },
      { header: 'a batch holds the thread, ms', ...right },
      { header: 'most of it', ...left },
    ],
    rows: compared.map((cell) => [...cellTexts(cell), ...splitTexts(cell, predictions.cells)]),
    notes: [
      'CPU a span is a sum: so many times each constant below, counted in the sources of each library (packages/lab/src/prediction/arms). Direct: inside the traced call. Deferred: later on the same thread. A batch: its deferred part, all at once. What an operation costs more after a rest is paid once a burst and shared by its spans.',
      `Server: ${SERVER_FORMULA}`,
      '(?): the measured figure is within what two untraced arms differ by, or the library lost spans.',
    ],
  };
}

function constantsTable({ calibration }: Predictions): Table {
  const { fixed, text, machine, wait } = calibration;
  const both = (tight: number, paced: number): string[] => [formatNumber(tight), formatNumber(paced)];
  const fixedRows = Object.keys(fixed.tight).map((name) => {
    const key = name as keyof typeof fixed.tight;
    return [name, ...both(fixed.tight[key], fixed.paced[key])];
  });
  const textRows = (['short', 'long'] as const).flatMap((size) =>
    (['oneByte', 'twoByte'] as const).flatMap((charset) =>
      Object.keys(text.tight[size][charset]).map((name) => {
        const key = name as keyof (typeof text.tight)['short']['oneByte'];
        return [
          `${name}, ${size}, ${charset}`,
          ...both(text.tight[size][charset][key], text.paced[size][charset][key]),
        ];
      }),
    ),
  );
  const once = [...Object.entries(machine), ...Object.entries(wait)];
  return {
    title: 'The constants of this machine',
    columns: [
      { header: 'constant (its unit is in its name)', align: 'left' },
      { header: 'in a tight loop', align: 'right' },
      { header: 'after 8 ms of rest', align: 'right' },
    ],
    rows: [...fixedRows, ...textRows, ...once.map(([name, value]) => [name, formatNumber(value), ''])],
    notes: ['What each stands for: packages/lab/src/prediction/constants.ts.'],
  };
}

function isSameCell(left: HeadlineCell, right: HeadlineCell): boolean {
  return left.scenario === right.scenario && left.arm === right.arm && left.metric === right.metric;
}

function isWithin({ error }: ComparedCell): boolean {
  return error !== undefined && Math.abs(error) <= HEADLINE_BOUND;
}

function cellTexts({ scenario, arm, metric, predicted, measured, error, isDoubtful }: ComparedCell): string[] {
  const mark = measured !== undefined && isDoubtful ? ' (?)' : '';
  return [
    scenario,
    arm,
    METRIC_TEXT[metric],
    formatNumber(predicted),
    `${formatNumber(measured)}${mark}`,
    error === undefined ? NO_VALUE : signedPercent(error),
  ];
}

function verdictOf(cell: ComparedCell): string {
  if (cell.error === undefined) return 'not measured';
  return isWithin(cell) ? 'within' : 'MISSED';
}

function signedPercent(error: number): string {
  return `${error < 0 ? '−' : '+'}${formatPercent(Math.abs(error))}`;
}

/** A miss with its size, where the model sees the money, and what is known to be missing from it. */
function missText(cell: ComparedCell, cells: readonly Prediction[]): string {
  const { scenario, arm, metric, predicted, measured, error = 0 } = cell;
  const own = predictionOf(cell, cells);
  const difference = `${formatNumber(Math.abs((measured ?? 0) - predicted))} too ${error < 0 ? 'little' : 'much'}`;
  const seen = own === undefined || own.terms.length === 0 ? '' : ` The model sees ${mostOf(own.terms)}.`;
  const reason = cell.isDoubtful
    ? 'The measured figure is within the noise or of a library that lost spans.'
    : `${reasonOf(cell)}${leftOutOf(cell)}`;
  return `MISSED ${scenario} ${arm}, ${METRIC_TEXT[metric]}: predicted ${formatNumber(predicted)}, measured ${formatNumber(measured)} (${signedPercent(error)}, ${difference}).${seen} ${reason}`;
}

/** What a sum of parts, each measured alone, leaves out by its nature. */
function reasonOf({ metric, error = 0 }: ComparedCell): string {
  if (metric === 'p99Ms' || metric === 'p50Ms') {
    return error < 0
      ? 'Known to be missing: waiting for a core behind sink, load generator and worker, which share the cores.'
      : 'Likely: the bare server was measured in a slower moment than the cell.';
  }
  return error < 0
    ? 'Missing by nature of the method: garbage collection, code that is still being compiled, caches that all of it shares.'
    : 'Likely: the parts were measured in a slower moment than the cell, or cost less together because the compiler joins them.';
}

function leftOutOf({ arm, error = 0 }: ComparedCell): string {
  const { library } = describeArm(arm);
  const leftOut = modelOf(library)?.leftOut;
  return library === 'none' || leftOut === undefined || error > 0 ? '' : ` Not counted for this library: ${leftOut}.`;
}

function splitTexts(cell: ComparedCell, cells: readonly Prediction[]): string[] {
  const own = predictionOf(cell, cells);
  if (own === undefined || own.terms.length === 0) return ['', '', '', ''];
  const { directUsPerSpan, deferredUsPerSpan, stallMs, terms } = own;
  return [formatNumber(directUsPerSpan), formatNumber(deferredUsPerSpan), formatNumber(stallMs), mostOf(terms)];
}

function predictionOf({ scenario, arm }: ComparedCell, cells: readonly Prediction[]): Prediction | undefined {
  return cells.find((cell) => cell.scenario === scenario && cell.arm === arm);
}

const SHOWN_TERMS = 3;

/** The dearest terms of a sum, such as `jsonNsPerKichar 41 %`. */
function mostOf(terms: readonly PricedTerm[]): string {
  const total = terms.reduce((sum, { us }) => sum + us, 0);
  return terms
    .toSorted((left, right) => right.us - left.us)
    .slice(0, SHOWN_TERMS)
    .map(({ constant, us }) => `${constant} ${formatPercent(us / total)}`)
    .join(', ');
}
