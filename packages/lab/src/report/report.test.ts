import { expect, test } from 'vitest';
import type { ArmName } from '../arms/registry.js';
import { scenariosOf } from '../runner/scenarios.js';
import type { Metrics } from '../sample/protocol.js';
import type { GoalResult } from './model.js';
import { createReport, type LabRun, renderMarkdown, renderText } from './report.js';
import type { SampleRecord } from './sample-record.js';

function sample(scenario: string, arm: ArmName, metrics: Metrics, delivered = 70): SampleRecord {
  const status = delivered < 70 ? 'lost' : 'ok';
  const counts = { spansSent: 70, spansDelivered: delivered, spansReceived: delivered };
  const rest = {
    requests: 1,
    wireBytes: 1,
    bodyBytes: 1,
    startedAt: '',
    durationMs: 1,
    cpuSource: 'schedstat',
  } as const;
  return { scenario, arm, round: 0, status, ...counts, ...rest, metrics };
}

function run(samples: readonly SampleRecord[]): LabRun {
  return {
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T03:05:05.000Z',
    command: 'lab --quick',
    mode: 'quick',
    seed: 42,
    rounds: 1,
    environment: {
      commit: 'abc123',
      dirty: true,
      node: 'v20.0.0',
      platform: 'linux 6 x64',
      cpuModel: 'Some CPU',
      cores: 2,
      memoryMb: 1_000,
      loadAverage: 0.1,
      packages: { 'dd-trace': '5.132.0' },
    },
    scenarios: scenariosOf('quick'),
    samples,
  };
}

const SAMPLES: readonly SampleRecord[] = [
  sample('4kb-paced', 'untraced', { mainCpuUsPerSpan: 1, longestStallMs: 2 }),
  sample('4kb-paced', 'untraced-again', { mainCpuUsPerSpan: 1.1, longestStallMs: 3 }),
  sample('4kb-paced', 'slipstream', { mainCpuUsPerSpan: 4.55, longestStallMs: 2.5 }),
  sample('4kb-paced', 'dd-trace', { mainCpuUsPerSpan: 25, longestStallMs: 14 }, 60),
  sample('4kb-vietnamese-paced', 'untraced', { mainCpuUsPerSpan: 1 }),
  sample('4kb-vietnamese-paced', 'slipstream', { mainCpuUsPerSpan: 10 }),
  sample('startup', 'slipstream', { importMs: 10, setUpMs: 2.01, importRssMb: 1 }),
];

function goal(id: string): GoalResult {
  return createReport(run(SAMPLES)).goals.find((result) => result.id === id)!;
}

test('a goal is met at its limit and missed above it', () => {
  expect(goal('import-time')).toMatchObject({ measured: 10, limit: 10, met: true });
  expect(goal('set-up')).toMatchObject({ measured: 2.01, limit: 2, met: false });
  expect(goal('cpu-4kb')).toMatchObject({ measured: 3.5, met: true });
  expect(goal('peer-4kb')).toMatchObject({ met: false });
});

test('a goal between two scenarios needs both', () => {
  expect(goal('vietnamese-4kb')).toMatchObject({ measured: 9 / 3.5, met: false });
  expect(goal('vietnamese-100kb').met).toBeUndefined();
});

test('the limit of a stall is the longest untraced one', () => {
  expect(goal('stall-4kb')).toMatchObject({ limit: 3, measured: 2.5, met: true });
  expect(goal('stall-100kb-string').limit).toBeUndefined();
});

test('what was not measured is neither met nor missed', () => {
  expect(goal('burst').met).toBeUndefined();
  expect(goal('server-p99').measured).toBeUndefined();
});

test('the page names machine, commit, date, versions, seed and command', () => {
  const page = renderMarkdown(createReport(run(SAMPLES)));
  for (const part of [
    'abc123 with changes',
    'Some CPU',
    'v20.0.0',
    '2026-01-02',
    'dd-trace 5.132.0',
    'seed 42',
    'lab --quick',
  ]) {
    expect(page).toContain(part);
  }
});

test('lost spans are shown in the row and a missed goal beside its figure', () => {
  const text = renderText(createReport(run(SAMPLES)));
  expect(text).toMatch(/dd-trace .*LOST 14 %/);
  expect(text).toMatch(/slipstream .*all .*<= 4\.00 µs: met/);
  expect(text).toContain('1 lost spans, 0 failed');
});

test('the page follows from the JSON alone', () => {
  const report = createReport(run(SAMPLES));
  expect(renderMarkdown(JSON.parse(JSON.stringify(report)))).toBe(renderMarkdown(report));
});

test('a source that measures the whole process and a busy machine are said', () => {
  const base = run([{ ...SAMPLES[0]!, cpuSource: 'process.cpuUsage' }]);
  const text = renderText(createReport({ ...base, environment: { ...base.environment, loadAverage: 3 } }));
  expect(text).toContain('WHOLE PROCESS');
  expect(text).toContain('BUSY');
});
