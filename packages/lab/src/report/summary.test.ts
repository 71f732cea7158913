import { expect, test } from 'vitest';
import type { ArmName } from '../arms/registry.js';
import { scenariosOf } from '../runner/scenarios.js';
import type { Metrics } from '../sample/protocol.js';
import type { ArmSummary } from './model.js';
import type { SampleRecord } from './sample-record.js';
import { summariseScenario } from './summary.js';

const scenario = scenariosOf('quick').find(({ name }) => name === 'tiny-paced')!;

function sample(arm: ArmName, round: number, cpuUs: number, more: Partial<SampleRecord> = {}): SampleRecord {
  const metrics: Metrics = { mainCpuUsPerSpan: cpuUs };
  const counts = { spansSent: 100, spansDelivered: 100, spansReceived: 100, requests: 1, wireBytes: 1, bodyBytes: 1 };
  const when = { startedAt: '2026-01-01T00:00:00.000Z', durationMs: 1 };
  return { scenario: scenario.name, arm, round, status: 'ok', ...when, ...counts, metrics, ...more };
}

function summarise(samples: readonly SampleRecord[]): (arm: ArmName) => ArmSummary {
  const { arms } = summariseScenario(scenario, samples, 1);
  return (arm) => arms.find((summary) => summary.arm === arm)!;
}

test('the untraced sample of the same round is subtracted, so a slow round does not count', () => {
  const arms = summarise([
    sample('untraced', 0, 1),
    sample('slipstream', 0, 3),
    sample('untraced', 1, 50),
    sample('slipstream', 1, 52),
    sample('untraced', 2, 2),
    sample('slipstream', 2, 4),
  ]);
  expect(arms('slipstream').added.mainCpuUsPerSpan).toMatchObject({ median: 2, low: 2, high: 2, count: 3 });
  expect(arms('untraced').added.mainCpuUsPerSpan).toBeUndefined();
});

test('what is subtracted is the middle of both untraced samples; the second one is held against the first', () => {
  const arms = summarise([
    sample('untraced', 0, 10),
    sample('untraced-again', 0, 14),
    sample('slipstream', 0, 15),
    sample('langfuse', 0, 72),
    sample('untraced-again', 1, 14),
    sample('slipstream', 1, 17),
  ]);
  expect(arms('slipstream').added.mainCpuUsPerSpan).toMatchObject({ median: 3, low: 3, high: 3, count: 2 });
  expect(arms('slipstream').overBestPeer?.ratio).toMatchObject({ median: 3 / 60, count: 1 });
  expect(arms('untraced-again').added.mainCpuUsPerSpan).toMatchObject({ median: 4, count: 1 });
});

test('the noise is the median distance between the two untraced arms', () => {
  const samples = [1, 3, 9].flatMap((distance, round) => [
    sample('untraced', round, 10),
    sample('untraced-again', round, 10 + (round === 1 ? -distance : distance)),
  ]);
  expect(summariseScenario(scenario, samples, 1).noise.mainCpuUsPerSpan).toBe(3);
});

test('Slipstream is compared with the cheapest peer that captures as much', () => {
  const arms = summarise([
    sample('untraced', 0, 1),
    sample('slipstream', 0, 3),
    sample('slipstream-capture-off', 0, 2),
    sample('langfuse', 0, 61),
    sample('dd-trace', 0, 17),
    sample('dd-trace-capture-off', 0, 11),
  ]);
  expect(arms('slipstream').overBestPeer).toMatchObject({ peer: 'dd-trace', ratio: { median: 2 / 16 } });
  expect(arms('slipstream-capture-off').overBestPeer).toMatchObject({
    peer: 'dd-trace-capture-off',
    ratio: { median: 1 / 10 },
  });
  expect(arms('langfuse').overBestPeer).toBeUndefined();
});

test('a peer that keeps a twentieth of its traces is held against ours that does so, and against no other', () => {
  const arms = summarise([
    sample('untraced', 0, 1),
    sample('slipstream', 0, 3),
    sample('slipstream-sampled', 0, 2),
    sample('langfuse', 0, 61),
    sample('opentelemetry-sampled', 0, 5),
  ]);
  expect(arms('slipstream').overBestPeer).toMatchObject({ peer: 'langfuse' });
  expect(arms('slipstream-sampled').overBestPeer).toMatchObject({
    peer: 'opentelemetry-sampled',
    ratio: { median: 1 / 4 },
  });
});

test('a peer that lost spans is the best only where all did, and that is said', () => {
  const lost: Partial<SampleRecord> = { status: 'lost', spansDelivered: 40 };
  const base = [sample('untraced', 0, 1), sample('slipstream', 0, 3), sample('dd-trace', 0, 11, lost)];
  expect(summarise([...base, sample('langfuse', 0, 61)])('slipstream').overBestPeer).toMatchObject({
    peer: 'langfuse',
    peerLossy: false,
  });
  expect(summarise(base)('slipstream').overBestPeer).toMatchObject({ peer: 'dd-trace', peerLossy: true });
});

test('lost spans and failures are counted, and a failed sample gives no figure', () => {
  const failed: Partial<SampleRecord> = { status: 'failed', metrics: {}, spansSent: 0, spansDelivered: 0, note: 'why' };
  const arms = summarise([
    sample('untraced', 0, 1),
    sample('untraced', 1, 1),
    sample('langfuse', 0, 61, { status: 'lost', spansDelivered: 40 }),
    sample('langfuse', 1, 0, failed),
  ]);
  expect(arms('langfuse')).toMatchObject({ samples: 2, failed: 1, lossy: 1, spansSent: 100, spansDelivered: 40 });
  expect(arms('langfuse').added.mainCpuUsPerSpan?.count).toBe(1);
  expect(arms('langfuse').notes).toEqual(['why']);
});
