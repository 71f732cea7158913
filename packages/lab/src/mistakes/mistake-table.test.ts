import { expect, test } from 'vitest';
import type { ArmName } from '../arms/registry.js';
import type { SampleRecord, SampleStatus } from '../report/sample-record.js';
import type { Metrics } from '../sample/protocol.js';
import { mistakeTable } from './mistake-table.js';
import { MISTAKES } from './mistakes.js';
import { mistakeScenarios } from './scenarios.js';

const SEED = 3;

function sample(scenario: string, arm: ArmName, round: number, metrics: Metrics, status: SampleStatus = 'ok') {
  const counts = { spansSent: 0, spansDelivered: 0, spansReceived: 0, requests: 0, wireBytes: 0, bodyBytes: 0 };
  const made: SampleRecord = { scenario, arm, round, startedAt: '', durationMs: 1, status, metrics, ...counts };
  return made;
}

/** A round of one mistake's bad and good version, where the machine is `slower` than in the others. */
function levelsRound(round: number, slower: number): SampleRecord[] {
  const cpu = (us: number): Metrics => ({ mainCpuUsPerRequest: us * slower });
  return [
    sample('mistake-1.2-bad', 'untraced', round, cpu(100)),
    sample('mistake-1.2-bad', 'langfuse', round, cpu(1_100)),
    sample('mistake-1.2-bad', 'slipstream', round, cpu(140)),
    sample('mistake-1.2-good', 'untraced', round, cpu(100)),
    sample('mistake-1.2-good', 'langfuse', round, cpu(200)),
    sample('mistake-1.2-good', 'slipstream', round, cpu(110)),
  ];
}

test('what tracing adds is put side by side, with the difference of each round and its interval', () => {
  const samples = [1, 1, 1.2].flatMap((slower, round) => levelsRound(round, slower));
  const table = mistakeTable({ samples, seed: SEED });
  expect(table?.rows).toEqual([
    [
      '1.2 33 spans, 32 levels deep',
      'main-thread CPU a request, µs',
      '1,000',
      '100',
      '900 [900, 1,080]',
      '40.0',
      '10.0',
      '30.0 [30.0, 36.0]',
    ],
  ]);
  expect(table?.columns).toHaveLength(8);
});

test('lost spans and an error at start are said beside the figure', () => {
  const cells = (arm: ArmName, told: number): SampleRecord[] => [
    sample('mistake-1.5-bad', arm, 0, { spansOverAsked: 3.5, told, lookUpNs: 900 }),
    sample('mistake-1.5-good', arm, 0, { spansOverAsked: 1, lookUpNs: 30 }, arm === 'langfuse' ? 'lost' : 'ok'),
  ];
  const table = mistakeTable({ samples: [...cells('langfuse', 0), ...cells('slipstream', 1)], seed: SEED });
  expect(table?.rows[0]).toEqual(
    expect.arrayContaining(['3.50 LOST SPANS', '3.50 (after an error at start)', '1.00', '2.50']),
  );
  expect(table?.notes.join('\n')).toContain('Langfuse 900 ns, and nothing tells of the mistake');
  expect(table?.notes.join('\n')).toContain('Slipstream 900 ns, and the mistake is an error at start');
});

test('a version that failed is an empty cell, and a report without mistakes has no table', () => {
  const table = mistakeTable({ samples: [sample('mistake-1.4-bad', 'langfuse', 0, {}, 'failed')], seed: SEED });
  expect(table?.rows[0]?.slice(2)).toEqual(['–', '–', '–', '–', '–', '–']);
  expect(mistakeTable({ samples: [sample('tiny-paced', 'langfuse', 0, {})], seed: SEED })).toBeUndefined();
});

test('every wrong version says what it is judged by, and the last version of each mistake is the good one', () => {
  for (const { number, versions } of MISTAKES) {
    expect(
      versions.map(({ metric }) => metric === undefined),
      number,
    ).toEqual(versions.map((_, index) => index === versions.length - 1));
    expect(versions.at(-1)?.name).toBe('good');
  }
});

test('there is a scenario for each version, and those of a mistake share a block', () => {
  const scenarios = mistakeScenarios('quick');
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  expect(scenarios.map(({ name }) => name)).toEqual(
    expect.arrayContaining(
      ['1.1', '1.2', '1.3', '1.4', '1.5', '1.6'].flatMap((number) => [
        `mistake-${number}-bad`,
        `mistake-${number}-good`,
      ]),
    ),
  );
  for (const { name, block, arms } of scenarios) {
    expect(name.startsWith(`${block}-`), name).toBe(true);
    expect([...arms].sort()).toEqual(['langfuse', 'slipstream', 'untraced']);
  }
});
