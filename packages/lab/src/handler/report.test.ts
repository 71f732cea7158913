import { expect, test } from 'vitest';
import type { Metrics } from '../sample/protocol.js';
import type { HandlerArm } from './protocol.js';
import { createHandlerReport, renderHandlerText } from './report.js';

interface Round {
  readonly untraced: number;
  readonly again: number;
  readonly traced: number;
}

function reportOf(rounds: readonly Round[], delivered = 100) {
  const sample = (arm: HandlerArm, round: number, mainCpuUsPerCall: number) => {
    const metrics: Metrics = { mainCpuUsPerCall, p50Ms: 3.1, p99Ms: 4 + mainCpuUsPerCall / 1_000 };
    const sent = arm === 'traced' ? 100 : 0;
    return {
      arm,
      round,
      calls: 100,
      spansSent: sent,
      spansDelivered: arm === 'traced' ? delivered : 0,
      cpuSource: 'schedstat' as const,
      metrics,
    };
  };
  return createHandlerReport({
    startedAt: '',
    file: 'handler.ts',
    tracedBy: 'slipstream',
    node: 'v20',
    cpuSource: 'schedstat',
    seed: 1,
    rounds: rounds.length,
    callsPerSample: 100,
    samples: rounds.flatMap(({ untraced, again, traced }, round) => [
      sample('untraced', round, untraced),
      sample('untraced-again', round, again),
      sample('traced', round, traced),
    ]),
  });
}

test('what tracing adds is said with its interval and its share of a call', () => {
  const report = reportOf([
    { untraced: 100, again: 101, traced: 112 },
    { untraced: 500, again: 499, traced: 511 },
    { untraced: 90, again: 91, traced: 103 },
  ]);
  expect(report.verdict).toBe('Tracing adds 11.5 µs (11.5 to 12.5) of main-thread CPU to a call of 3.10 ms: 0.37 %.');
  expect(report.added.find(({ what }) => what === 'p50')).toMatchObject({ isDistinct: false, addedUs: { median: 0 } });
  expect(renderHandlerText(report)).toMatch(/time of a call, p50 .* not distinguishable from noise/);
});

test('what is smaller than the distance of two untraced processes says nothing', () => {
  const report = reportOf([
    { untraced: 100, again: 140, traced: 112 },
    { untraced: 100, again: 70, traced: 111 },
    { untraced: 100, again: 130, traced: 113 },
  ]);
  expect(report.verdict).toContain('not distinguishable from noise');
});

test('lost spans are said in the report', () => {
  const rounds = [{ untraced: 100, again: 101, traced: 120 }];
  expect(reportOf(rounds, 60)).toMatchObject({ lossy: 1, spansPerCall: 0.6 });
  expect(renderHandlerText(reportOf(rounds, 60))).toContain('SPANS WERE LOST in 1 samples');
  expect(renderHandlerText(reportOf(rounds))).not.toContain('LOST');
});
