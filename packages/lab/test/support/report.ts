import type { ArmName } from '../../src/arms/registry.js';
import type { LabReport } from '../../src/report/model.js';
import { createReport } from '../../src/report/report.js';
import type { SampleRecord } from '../../src/report/sample-record.js';
import type { Scenario } from '../../src/runner/scenarios.js';
import type { Metrics } from '../../src/sample/protocol.js';

/** What an arm measured, one entry a round. */
export interface ArmRounds {
  readonly arm: string;
  readonly rounds: readonly Metrics[];
  /** Of 700 spans, how many did not arrive. */
  readonly lost?: number;
  readonly note?: string;
}

/** One question and what its arms measured. */
export interface ScenarioRounds {
  readonly name: string;
  readonly title?: string;
  readonly kind?: 'loop' | 'server' | 'startup' | 'exit' | 'mistake';
  readonly arms: readonly ArmRounds[];
}

/** A report as a run would write it, from figures that a test chooses. */
export function makeReport(questions: readonly ScenarioRounds[], more: Partial<LabReport> = {}): LabReport {
  const samples = questions.flatMap(({ name, arms }) => arms.flatMap((arm) => samplesOf(name, arm)));
  return {
    ...createReport({
      startedAt: '2026-11-23T05:00:00.000Z',
      finishedAt: '2026-11-23T05:10:00.000Z',
      command: 'lab --quick',
      mode: 'quick',
      suites: ['matrix'],
      seed: 7,
      rounds: Math.max(0, ...samples.map(({ round }) => round + 1)),
      environment: {
        commit: 'abc',
        node: 'v20.20.2',
        platform: 'linux 6 x64',
        cpuModel: 'AMD EPYC',
        cores: 2,
        memoryMb: 24_000,
        loadAverage: 0.1,
        packages: { '@langfuse/tracing': '5.11.1' },
      },
      scenarios: questions.map(scenarioOf),
      samples,
    }),
    ...more,
  };
}

const SPREAD: readonly number[] = [0.9, 1, 1.1];

/** The same figure around a middle in three rounds: by default 0.9, 1 and 1.1 times. */
export function around(middle: number, metric: keyof Metrics = 'mainCpuUsPerSpan', spread = SPREAD): Metrics[] {
  return spread.map((factor) => ({ [metric]: middle * factor }));
}

function scenarioOf({ name, title, kind = 'loop', arms }: ScenarioRounds): Scenario {
  const common = { name, title: title ?? name, arms: arms.map(({ arm }) => arm as ArmName) };
  switch (kind) {
    case 'loop':
      return { ...common, kind, payload: '4kb', tracesPerCycle: 1, restMs: 8, warmupCycles: 1, cycles: 1 };
    case 'server':
      return {
        ...common,
        kind,
        payload: '4kb',
        leafWaitMs: 1,
        requestsPerSecond: 400,
        connections: 50,
        warmupMs: 1,
        durationMs: 1,
      };
    case 'startup':
      return { ...common, kind };
    case 'mistake':
      return { ...common, kind, mistake: name.split('-')[1] ?? '', version: name.split('-')[2] ?? '' };
    case 'exit':
      return { ...common, kind, traces: 10, how: 'return' };
  }
}

function samplesOf(scenario: string, { arm, rounds, lost = 0, note }: ArmRounds): SampleRecord[] {
  const sent = arm.startsWith('untraced') ? 0 : 700;
  return rounds.map((metrics, round) => ({
    scenario,
    arm: arm as ArmName,
    round,
    startedAt: '2026-11-23T05:00:00.000Z',
    durationMs: 1,
    status: lost > 0 ? 'lost' : 'ok',
    ...(note === undefined ? {} : { note }),
    spansSent: sent,
    spansDelivered: sent - lost,
    spansReceived: sent - lost,
    requests: 1,
    wireBytes: 1,
    bodyBytes: 1,
    metrics,
  }));
}
