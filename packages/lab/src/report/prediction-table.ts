import { type ComparedCell, comparePredictions } from '../prediction/compare.js';
import { HEADLINE_BOUND, type HeadlineCell, type PredictedMetric } from '../prediction/headline.js';
import type { NotPredicted, Prediction, Predictions } from '../prediction/predict.js';
import { reasonsOf, sharesOf, signedPercent } from '../prediction/reason.js';
import { SERVER_FORMULA } from '../prediction/server.js';
import type { ScenarioSummary } from './model.js';
import { formatNumber, formatPercent, NO_VALUE } from './number-text.js';
import type { Table } from './table.js';

const METRIC_TEXT: Readonly<Record<PredictedMetric, string>> = {
  mainCpuUsPerSpan: 'CPU added, µs/span',
  mainCpuUsPerRequest: 'CPU added, µs/request',
  longestStallMs: 'longest stall, ms',
  mainCpuMsPerSecond: 'main-thread CPU, ms/s',
  p50Ms: 'p50, ms',
  p99Ms: 'p99, ms',
};

/** The cells that the model is judged by, and all cells, as two tables. */
export function predictionTables(predictions: Predictions, summaries: readonly ScenarioSummary[]): Table[] {
  const compared = comparePredictions(predictions, summaries);
  const { notPredicted = [] } = predictions;
  return [
    headlineTable(predictions, compared),
    everyCellTable(predictions, compared),
    ...(notPredicted.length === 0 ? [] : [notPredictedTable(notPredicted)]),
    constantsTable(predictions),
  ];
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
      ...judged.filter((cell) => !isWithin(cell)).map((cell) => missText(cell, predictions)),
      ...driftNotes(predictions),
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
      { header: 'added to a trace, p50 / p99, ms', ...right },
      { header: 'most of it', ...left },
    ],
    rows: compared.map((cell) => [...cellTexts(cell), ...splitTexts(cell, predictions.cells)]),
    notes: [
      'CPU a span is a sum: so many times each constant below, counted in the sources of each library (packages/lab/src/prediction/arms). Direct: inside the traced call. Deferred: later on the same thread. A batch: its deferred part, all at once. What an operation costs more after a rest is paid once a burst and shared by its spans.',
      'A loop has no latency of its own: what a trace takes longer is its direct part, and the batch that one in a hundred meets; shown, not measured.',
      `Server: ${SERVER_FORMULA}`,
      '(?): the measured figure is within what two untraced arms differ by, the library lost spans, or the stall is within twice the longest one of the work alone.',
      ...accuracyNotes(compared),
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

function cellTexts({ scenario, arm, metric, predicted, measured, error, doubt }: ComparedCell): string[] {
  const mark = measured !== undefined && doubt !== undefined ? ' (?)' : '';
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

/** A miss with its size, where the model sees the money, and what the run's data say of the reason. */
function missText(cell: ComparedCell, predictions: Predictions): string {
  const { scenario, arm, metric, predicted, measured, error = 0 } = cell;
  const own = predictionOf(cell, predictions.cells);
  const difference = `${formatNumber(Math.abs((measured ?? 0) - predicted))} too ${error < 0 ? 'little' : 'much'}`;
  const seen = own === undefined || own.terms.length === 0 ? '' : ` The model sees ${mostOf(own)}.`;
  const reasons = reasonsOf(cell, predictions).join(' ');
  return `MISSED ${scenario} ${arm}, ${METRIC_TEXT[metric]}: predicted ${formatNumber(predicted)}, measured ${formatNumber(measured)} (${signedPercent(error)}, ${difference}).${seen} ${reasons}`;
}

/** How much the machine had changed, where that was looked at. */
function driftNotes({ drift }: Predictions): string[] {
  if (drift === undefined) return [];
  const { fixed, text, requestCpu, requestLatency } = drift;
  return [
    `The machine changed during the run: by its end operations by ${signedPercent(fixed - 1)}, texts by ${signedPercent(text - 1)}, the CPU of a request that only waits by ${signedPercent(requestCpu - 1)}, its latency by ${signedPercent(requestLatency - 1)}. No prediction is corrected by that.`,
  ];
}

/** How many of each figure are within the bound, over all cells that can be judged. */
function accuracyNotes(compared: readonly ComparedCell[]): string[] {
  const judged = compared.filter(({ error, doubt }) => error !== undefined && doubt === undefined);
  const parts = (Object.keys(METRIC_TEXT) as PredictedMetric[]).flatMap((metric) => {
    const own = judged.filter((cell) => cell.metric === metric);
    return own.length === 0 ? [] : `${METRIC_TEXT[metric]}: ${own.filter(isWithin).length} of ${own.length}`;
  });
  return parts.length === 0 ? [] : [`Within ${HEADLINE_BOUND * 100} %, without those marked (?): ${parts.join('; ')}.`];
}

function notPredictedTable(cells: readonly NotPredicted[]): Table {
  return {
    title: 'Cells without a prediction',
    columns: [
      { header: 'scenario', align: 'left' },
      { header: 'arm', align: 'left' },
      { header: 'why', align: 'left' },
    ],
    rows: cells.map(({ scenario, arm, reason }) => [scenario, arm, `not predicted: ${reason}`]),
    notes: [],
  };
}

function splitTexts(cell: ComparedCell, cells: readonly Prediction[]): string[] {
  const own = predictionOf(cell, cells);
  if (own === undefined || own.terms.length === 0) return ['', '', '', '', ''];
  const { directUsPerSpan, deferredUsPerSpan, stallMs, addedToTraceMs: added } = own;
  return [
    ...[directUsPerSpan, deferredUsPerSpan, stallMs].map(formatNumber),
    added === undefined ? '' : `${formatNumber(added.p50)} / ${formatNumber(added.p99)}`,
    mostOf(own),
  ];
}

function predictionOf({ scenario, arm }: ComparedCell, cells: readonly Prediction[]): Prediction | undefined {
  return cells.find((cell) => cell.scenario === scenario && cell.arm === arm);
}

const SHOWN_TERMS = 3;

/** The dearest terms of a sum, such as `jsonNsPerKichar 41 %`. */
function mostOf({ terms }: Prediction): string {
  return sharesOf(terms)
    .slice(0, SHOWN_TERMS)
    .map(({ constant, share }) => `${constant} ${formatPercent(share)}`)
    .join(', ');
}
