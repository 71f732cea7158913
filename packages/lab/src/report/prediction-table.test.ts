import { expect, test } from 'vitest';
import { calibrationOf } from '../../test/support/calibration.js';
import type { ArmName } from '../arms/registry.js';
import { comparePredictions } from '../prediction/compare.js';
import type { Predictions } from '../prediction/predict.js';
import type { ArmSummary, ScenarioSummary } from './model.js';
import { predictionTables } from './prediction-table.js';
import { renderMarkdownTable } from './table.js';

const estimate = (median: number) => ({ median, low: median, high: median, count: 3 });

function arm(name: ArmName, addedUs: number, lossy = 0): ArmSummary {
  return {
    arm: name,
    samples: 3,
    failed: 0,
    lossy,
    spansSent: 70,
    spansDelivered: 70 - lossy,
    metrics: { mainCpuUsPerSpan: estimate(addedUs + 5) },
    added: { mainCpuUsPerSpan: estimate(addedUs) },
    overUntraced: {},
    notes: [],
  };
}

const SUMMARIES: readonly ScenarioSummary[] = [
  {
    scenario: '4kb-paced',
    title: '4 KB',
    kind: 'loop',
    noise: { mainCpuUsPerSpan: 0.2 },
    arms: [arm('slipstream', 4), arm('langfuse', 100), arm('dd-trace', 50, 7)],
  },
];

function predictions(slipstreamUs: number, langfuseUs: number): Predictions {
  const cell = (name: ArmName, us: number) => ({
    scenario: '4kb-paced',
    arm: name,
    directUsPerSpan: us,
    deferredUsPerSpan: 0,
    stallMs: 0,
    metrics: { mainCpuUsPerSpan: us },
    terms: [{ when: 'direct', constant: 'jsonCallNs', times: 1, us }] as const,
  });
  return {
    format: 'slipstream-lab-predictions/1',
    predictedAt: '2026-01-01T00:00:00Z',
    calibration: calibrationOf(),
    bound: 0.3,
    headline: [
      { scenario: '4kb-paced', arm: 'slipstream', metric: 'mainCpuUsPerSpan' },
      { scenario: '4kb-paced', arm: 'langfuse', metric: 'mainCpuUsPerSpan' },
      { scenario: '4kb-paced', arm: 'opentelemetry', metric: 'mainCpuUsPerSpan' },
    ],
    cells: [
      cell('slipstream', slipstreamUs),
      cell('langfuse', langfuseUs),
      cell('opentelemetry', 90),
      cell('dd-trace', 40),
    ],
  };
}

const headlineOf = (slipstreamUs: number, langfuseUs: number): string =>
  renderMarkdownTable(predictionTables(predictions(slipstreamUs, langfuseUs), SUMMARIES)[0]!);

test('a prediction is compared with what tracing added, and its error is a share of that', () => {
  const [slipstream, langfuse] = comparePredictions(predictions(5, 60), SUMMARIES);
  expect(slipstream).toMatchObject({ predicted: 5, measured: 4, error: 0.25 });
  expect(slipstream).not.toHaveProperty('doubt');
  expect(langfuse).toMatchObject({ predicted: 60, measured: 100 });
  expect(langfuse?.error).toBeCloseTo(-0.4, 9);
});

test('what was not run has no error, and what lost spans is marked', () => {
  const compared = comparePredictions(predictions(5, 60), SUMMARIES);
  expect(compared.find((cell) => cell.arm === 'opentelemetry')).not.toHaveProperty('error');
  expect(compared.find((cell) => cell.arm === 'dd-trace')).toMatchObject({ doubt: 'lost' });
});

test('the bound is 30 %, above and below', () => {
  expect(headlineOf(5.19, 70.1)).toContain('2 of 2 within the bound');
  expect(headlineOf(5.21, 70.1)).toContain('1 of 2 within the bound');
  expect(headlineOf(5.19, 69.9)).toContain('1 of 2 within the bound');
});

test('each miss is named with its size and a reason', () => {
  const table = headlineOf(4, 60);
  expect(table).toMatch(/\| langfuse \|.*\| −40 % \| MISSED \|/);
  expect(table).toContain(
    'MISSED 4kb-paced langfuse, CPU added, µs/span: predicted 60.0, measured 100 (−40 %, 40.0 too little)',
  );
  expect(table).toContain('100 % of the sum is jsonCallNs');
  expect(table).toContain('Not counted for this library: the export filter');
  expect(table).not.toContain('MISSED 4kb-paced slipstream');
  expect(table).toMatch(/\| opentelemetry \|.*\| not measured \|/);
});

test('every constant stands in the table of the machine', () => {
  const table = renderMarkdownTable(predictionTables(predictions(4, 60), SUMMARIES).at(-1)!);
  for (const name of ['contextRunNs', 'jsonNsPerKichar, short, twoByte', 'postUs', 'bareP99Ms']) {
    expect(table).toContain(`| ${name} |`);
  }
});

test('a miss within the interval of its measurement says so', () => {
  const [scenario] = SUMMARIES;
  const [first, second] = scenario!.arms;
  const wide = { ...second!, added: { mainCpuUsPerSpan: { median: 100, low: 55, high: 140, count: 3 } } };
  const summaries = [{ ...scenario!, arms: [first!, wide] }];
  const table = renderMarkdownTable(predictionTables(predictions(4, 60), summaries)[0]!);
  expect(table).toContain('The prediction is within the interval of the measurement');
});

test('a machine that changed is a reason only where it would have brought the two together', () => {
  const drift = (text: number, fixed: number) => ({ text, fixed, requestCpu: 1, requestLatency: 1 });
  const tableOf = (change: Predictions['drift']): string =>
    renderMarkdownTable(predictionTables({ ...predictions(4, 60), ...(change && { drift: change }) }, SUMMARIES)[0]!);
  expect(tableOf(drift(1, 1.5))).toContain('after the run the same operations took +50 %');
  expect(tableOf(drift(1, 0.5))).not.toContain('after the run the same operations took');
  expect(tableOf(drift(1, 0.5))).toContain('No prediction is corrected by that');
  expect(tableOf(undefined)).not.toContain('The machine changed');
});

test('a stall that the work has too is not judged', () => {
  const stalls = (untracedMs: number): readonly ScenarioSummary[] => [
    {
      ...SUMMARIES[0]!,
      arms: [
        { ...arm('untraced', 0), metrics: { longestStallMs: estimate(untracedMs) } },
        { ...arm('langfuse', 100), metrics: { longestStallMs: estimate(30) } },
      ],
    },
  ];
  const given = predictions(4, 60);
  const cells = given.cells.map((cell) => ({ ...cell, metrics: { longestStallMs: 20 } }));
  const compared = (untracedMs: number) =>
    comparePredictions({ ...given, cells }, stalls(untracedMs)).find((cell) => cell.arm === 'langfuse');
  expect(compared(9.9)).not.toHaveProperty('doubt');
  expect(compared(10.1)).toMatchObject({ doubt: 'floor' });
});

test('what is not predicted has a table that says why', () => {
  const notPredicted = [{ scenario: 'ways-openai', arm: 'traceloop-openai', reason: 'nobody <counted>' } as const];
  const tables = predictionTables({ ...predictions(4, 60), notPredicted }, SUMMARIES);
  expect(tables.map(({ title }) => title)).toContain('Cells without a prediction');
  expect(tables.find(({ title }) => title === 'Cells without a prediction')?.rows).toEqual([
    ['ways-openai', 'traceloop-openai', 'not predicted: nobody <counted>'],
  ]);
});

test('garbage is a reason where it is a tenth of what was measured', () => {
  const withGc = (gcMs: number): readonly ScenarioSummary[] => [
    {
      ...SUMMARIES[0]!,
      arms: [
        { ...arm('untraced', 0), metrics: { gcMs: estimate(1) } },
        { ...arm('langfuse', 100), spansSent: 300, metrics: { gcMs: estimate(gcMs) } },
      ],
    },
  ];
  const tableOf = (gcMs: number) => renderMarkdownTable(predictionTables(predictions(4, 60), withGc(gcMs))[0]!);
  // Three samples of 100 spans: 1 ms is 10 µs a span.
  expect(tableOf(2.01)).toContain('Garbage collection took 10.1 µs a span more');
  expect(tableOf(1.99)).not.toContain('Garbage collection took');
});
