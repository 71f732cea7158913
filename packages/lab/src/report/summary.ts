import { ARMS, type ArmName, describeArm, keepsAsMuch } from '../arms/registry.js';
import type { Scenario } from '../runner/scenarios.js';
import { isBalanced, type SampleBooks } from '../sample/books.js';
import type { MetricName } from '../sample/protocol.js';
import { type Estimate, estimateMedian } from '../statistics/bootstrap.js';
import { median } from '../statistics/quantile.js';
import { sum } from '../statistics/sum.js';
import type { ArmSummary, BooksSummary, Estimates, PeerRatio, ScenarioSummary, SpanUnit } from './model.js';
import { combineRounds, createRounds, type Rounds, ratiosOfRounds, WORK_ITSELF } from './rounds.js';
import type { SampleRecord } from './sample-record.js';

/** Metrics that the work itself has a share in, which is subtracted. */
const SUBTRACTED: readonly MetricName[] = [
  'mainCpuUsPerSpan',
  'otherCpuUsPerSpan',
  'mainCpuMsPerSecond',
  'mainCpuUsPerRequest',
  'otherCpuUsPerRequest',
];
const DIVIDED: readonly MetricName[] = ['p50Ms', 'p90Ms', 'p99Ms', 'maxMs'];
const COMPARED_WITH_PEERS: MetricName = 'mainCpuUsPerSpan';
const BASELINE: ArmName = 'untraced';
const BASELINE_AGAIN: ArmName = 'untraced-again';

/** Puts the samples of a scenario together. Rounds are pairs: differences and ratios are taken within a round. */
export function summariseScenario(scenario: Scenario, samples: readonly SampleRecord[], seed: number): ScenarioSummary {
  const own = samples.filter((sample) => sample.scenario === scenario.name);
  const rounds = createRounds(own);
  const arms = ARMS.map((arm) => arm.name).filter((arm) => own.some((sample) => sample.arm === arm));
  const summaries = arms.map((arm) => summariseArm(arm, own, rounds, seed));
  return {
    scenario: scenario.name,
    title: scenario.title,
    kind: scenario.kind,
    ...(scenario.kind === 'server' && scenario.backend !== undefined ? { backend: scenario.backend } : {}),
    ...unitOf(scenario),
    noise: noiseOf(rounds),
    arms: summaries.map((summary) => withPeerRatio(summary, summaries, rounds, seed)),
  };
}

function unitOf(scenario: Scenario): { unit?: SpanUnit } {
  if (scenario.kind !== 'loop') return {};
  if (scenario.work === 'openai') return { unit: 'call' };
  return scenario.work === 'langchain' ? { unit: 'step' } : {};
}

type Combine = (own: number, other: number) => number;

const difference: Combine = (own, other) => own - other;
const ratio: Combine = (own, other) => own / other;

function summariseArm(arm: ArmName, samples: readonly SampleRecord[], rounds: Rounds, seed: number): ArmSummary {
  const own = samples.filter((sample) => sample.arm === arm);
  const names = [...new Set(own.flatMap((sample) => Object.keys(sample.metrics) as MetricName[]))];
  const values = (name: MetricName): number[] => own.flatMap((sample) => sample.metrics[name] ?? []);
  const base = arm === BASELINE_AGAIN ? BASELINE : WORK_ITSELF;
  const against = (name: MetricName, combine: Combine): number[] =>
    arm === BASELINE ? [] : combineRounds(rounds, [arm, base], name, combine);
  return {
    arm,
    samples: own.length,
    failed: own.filter((sample) => sample.status === 'failed').length,
    lossy: own.filter((sample) => sample.status === 'lost').length,
    spansSent: sum(own.map((sample) => sample.spansSent)),
    spansDelivered: sum(own.map((sample) => sample.spansDelivered)),
    metrics: estimateEach(names, values, seed),
    added: estimateEach(SUBTRACTED, (name) => against(name, difference), seed),
    overUntraced: estimateEach(DIVIDED, (name) => against(name, ratio), seed),
    ...summariseBooks(own.flatMap((sample) => sample.books ?? [])),
    notes: [...new Set(own.flatMap((sample) => sample.note ?? []))],
  };
}

function summariseBooks(books: readonly SampleBooks[]): { books?: BooksSummary } {
  if (books.length === 0) return {};
  const total = (field: 'offered' | 'open' | 'pending' | 'delivered'): number => sum(books.map((one) => one[field]));
  const reasons = [...new Set(books.flatMap((one) => Object.keys(one.dropped)))];
  const dropped = reasons.map((reason): [string, number] => [
    reason,
    sum(books.map((one) => one.dropped[reason] ?? 0)),
  ]);
  return {
    books: {
      balanced: books.filter(isBalanced).length,
      samples: books.length,
      offered: total('offered'),
      open: total('open'),
      pending: total('pending'),
      delivered: total('delivered'),
      dropped: Object.fromEntries(dropped.filter(([, count]) => count > 0)),
    },
  };
}

function estimateEach(
  names: readonly MetricName[],
  valuesOf: (name: MetricName) => readonly number[],
  seed: number,
): Estimates {
  const entries = names.flatMap((name): [MetricName, Estimate][] => {
    const estimate = estimateMedian(valuesOf(name), seed);
    return estimate === undefined ? [] : [[name, estimate]];
  });
  return Object.fromEntries(entries);
}

function noiseOf(rounds: Rounds): Partial<Record<MetricName, number>> {
  const metrics: readonly MetricName[] = [...SUBTRACTED, ...DIVIDED, 'longestStallMs'];
  return Object.fromEntries(
    metrics.flatMap((metric) => {
      const distances = combineRounds(rounds, [BASELINE_AGAIN, BASELINE], metric, (again, first) =>
        Math.abs(again - first),
      );
      return distances.length === 0 ? [] : [[metric, median(distances)]];
    }),
  );
}

function withPeerRatio(summary: ArmSummary, all: readonly ArmSummary[], rounds: Rounds, seed: number): ArmSummary {
  if (describeArm(summary.arm).side !== 'own') return summary;
  const best = bestPeer(summary.arm, all);
  if (best === undefined) return summary;
  const overBestPeer = peerRatio(summary.arm, best, rounds, seed);
  return overBestPeer === undefined ? summary : { ...summary, overBestPeer };
}

/** The cheapest peer that captures as much; one that lost spans counts only where all of them did. */
function bestPeer(own: ArmName, all: readonly ArmSummary[]): ArmSummary | undefined {
  const peers = all
    .filter(({ arm }) => describeArm(arm).side === 'peer' && keepsAsMuch(arm, own))
    .filter(({ added }) => added[COMPARED_WITH_PEERS] !== undefined)
    .sort((left, right) => addedCpu(left) - addedCpu(right));
  return peers.find((peer) => peer.lossy === 0) ?? peers[0];
}

function addedCpu(summary: ArmSummary): number {
  return summary.added[COMPARED_WITH_PEERS]?.median ?? Number.POSITIVE_INFINITY;
}

function peerRatio(own: ArmName, peer: ArmSummary, rounds: Rounds, seed: number): PeerRatio | undefined {
  const ratios = ratiosOfRounds(rounds, [own, peer.arm], COMPARED_WITH_PEERS, true);
  const estimate = estimateMedian(ratios, seed);
  return estimate === undefined ? undefined : { peer: peer.arm, peerLossy: peer.lossy > 0, ratio: estimate };
}
