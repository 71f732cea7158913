import { expect, test } from 'vitest';
import type { ArmName } from '../arms/registry.js';
import type { Scenario } from '../runner/scenarios.js';
import { againstTable } from './against-table.js';
import { createReport } from './report.js';
import type { SampleRecord } from './sample-record.js';

const LOOP: Scenario = {
  name: 'loop',
  title: 'Loop',
  kind: 'loop',
  arms: ['untraced', 'slipstream', 'slipstream-against'],
  payload: 'tiny',
  tracesPerCycle: 1,
  restMs: 0,
  warmupCycles: 1,
  cycles: 1,
};

function sample(arm: ArmName, round: number, mainCpuUsPerSpan: number): SampleRecord {
  const counts = { spansSent: 7, spansDelivered: 7, spansReceived: 7, requests: 1, wireBytes: 1, bodyBytes: 1 };
  const when = { startedAt: '', durationMs: 1 };
  return { scenario: 'loop', arm, round, status: 'ok', ...counts, ...when, metrics: { mainCpuUsPerSpan } };
}

function reportOf(samples: readonly SampleRecord[]) {
  return createReport({
    startedAt: '',
    finishedAt: '',
    command: '',
    mode: 'quick',
    seed: 1,
    rounds: 3,
    environment: {
      node: '',
      platform: '',
      cpuModel: '',
      cores: 2,
      memoryMb: 1,
      loadAverage: 0,
      packages: {},
      against: { ref: 'main', commit: 'abcdef0123456789' },
    },
    scenarios: [LOOP],
    samples,
  });
}

test('the ratio is of what both added within a round, so that a slow round does not count', () => {
  const rounds = [10, 70, 12].flatMap((base, round) => [
    sample('untraced', round, base),
    sample('slipstream', round, base + 2),
    sample('slipstream-against', round, base + 4),
  ]);
  const table = againstTable(reportOf(rounds));
  expect(table?.title).toBe('This commit against main (abcdef012345)');
  expect(table?.rows).toEqual([['loop', '0.50 [0.50, 0.50]', '–', '2.00', '4.00', '3']]);
});

test('a run without another commit has no such table', () => {
  expect(againstTable(reportOf([sample('untraced', 0, 1), sample('slipstream', 0, 2)]))).toBeUndefined();
});
