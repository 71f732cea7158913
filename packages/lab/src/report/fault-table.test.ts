import { expect, test } from 'vitest';
import type { ArmName } from '../arms/registry.js';
import { scenariosOf } from '../runner/scenarios.js';
import type { SampleBooks } from '../sample/books.js';
import type { Metrics } from '../sample/protocol.js';
import { faultTable } from './fault-table.js';
import { judgeGoals } from './goals.js';
import type { GoalResult, ScenarioSummary } from './model.js';
import type { SampleRecord } from './sample-record.js';
import { summariseScenario } from './summary.js';

const BOOKS: SampleBooks = {
  offered: 100,
  started: 100,
  open: 0,
  sampledOut: 0,
  pending: 10,
  delivered: 0,
  dropped: { ring_full: 0, retry_buffer_full: 90 },
};

function sample(arm: ArmName, metrics: Metrics, books?: SampleBooks, scenario = 'server-hanging'): SampleRecord {
  const counts = { spansSent: 100, spansDelivered: 0, spansReceived: 0, requests: 0, wireBytes: 0, bodyBytes: 0 };
  const rest = { scenario, arm, round: 0, startedAt: '', durationMs: 1, status: 'ok', ...counts, metrics } as const;
  return books === undefined ? rest : { ...rest, books };
}

const MEMORY: Metrics = { rssStartMb: 100, rssEndMb: 150, rssMaxMb: 160, rssLateGrowthMb: 1 };
const UNTRACED = [sample('untraced', { p99Ms: 10, longestStallMs: 5, rssMaxMb: 60 })];

function summarise(samples: readonly SampleRecord[]): ScenarioSummary[] {
  return scenariosOf('quick', ['faults'])
    .map((scenario) => summariseScenario(scenario, samples, 1))
    .filter(({ arms }) => arms.length > 0);
}

function goals(samples: readonly SampleRecord[]): GoalResult[] {
  return judgeGoals({ summaries: summarise(samples), samples }, ['faults']);
}

function goal(samples: readonly SampleRecord[], id: string): GoalResult | undefined {
  return goals(samples).find((result) => result.id === id);
}

test('a row shows latency, memory and where every span is, untraced beside it', () => {
  const own = sample('slipstream', { p99Ms: 11, longestStallMs: 4, ...MEMORY }, BOOKS);
  const row = faultTable(summarise([...UNTRACED, own]))?.rows[0]?.join(' | ');
  expect(row).toContain('hangs');
  expect(row).toContain('11.0 (10.0) | 1.10 x | 4.00 (5.00)');
  expect(row).toContain('100, 150 (–) | 160 (60.0)');
  expect(row).toContain('100 made, 0 delivered, 90 dropped (retry_buffer_full), 10 pending | balance');
});

test('without such a scenario there is no table', () => {
  expect(faultTable([])).toBeUndefined();
});

test('latency, stall, memory and books are judged, and nothing of the matrix', () => {
  const met = [...UNTRACED, sample('slipstream', { p99Ms: 11.5, longestStallMs: 5, ...MEMORY }, BOOKS)];
  expect(goals(met).map(({ met: isMet }) => isMet)).toEqual([true, true, true, true]);
  const missed = sample('slipstream', { p99Ms: 12, longestStallMs: 6, ...MEMORY, rssLateGrowthMb: 17 }, BOOKS);
  expect(goals([...UNTRACED, missed]).map(({ met: isMet }) => isMet)).toEqual([false, false, true, false]);
});

test('books that do not account for each span are a missed goal and said in the row', () => {
  const samples = [...UNTRACED, sample('slipstream', { p99Ms: 10, ...MEMORY }, { ...BOOKS, offered: 101 })];
  expect(goal(samples, 'books-server-hanging')).toMatchObject({ measured: 1, met: false });
  expect(faultTable(summarise(samples))?.rows[0]?.at(-1)).toBe('DO NOT BALANCE in 1 of 1 runs');
});

test('with the collector latency is shown and not judged, but every span has to arrive', () => {
  const own = sample('slipstream', { p99Ms: 40, ...MEMORY }, BOOKS, 'server-collector');
  const samples = [sample('untraced', { p99Ms: 10 }, undefined, 'server-collector'), own];
  expect(goal(samples, 'p99-server-collector')).toBeUndefined();
  expect(goal(samples, 'delivery-server-collector')).toMatchObject({ measured: 100, met: false });
  expect(faultTable(summarise(samples))?.rows[0]).toContain('4.00 x');
});
