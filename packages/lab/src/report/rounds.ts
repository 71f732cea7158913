import type { MetricName } from '../sample/protocol.js';
import type { SampleRecord } from './sample-record.js';

/** Looks a metric up by arm and round; undefined when that sample failed or does not have it. */
export interface Rounds {
  readonly numbers: readonly number[];
  value(arm: string, round: number, metric: MetricName): number | undefined;
}

/** The samples of one scenario, by round. */
export function createRounds(samples: readonly SampleRecord[]): Rounds {
  const byKey = new Map(samples.map((sample) => [`${sample.arm} ${sample.round}`, sample]));
  return {
    numbers: [...new Set(samples.map((sample) => sample.round))].sort((left, right) => left - right),
    value: (arm, round, metric) => byKey.get(`${arm} ${round}`)?.metrics[metric],
  };
}

/** One value for each round in which both arms have the metric. */
export function combineRounds(
  rounds: Rounds,
  [own, other]: readonly [string, string],
  metric: MetricName,
  combine: (own: number, other: number) => number,
): number[] {
  return rounds.numbers.flatMap((round) => {
    const mine = rounds.value(own, round, metric);
    const theirs = rounds.value(other, round, metric);
    return mine === undefined || theirs === undefined ? [] : [combine(mine, theirs)];
  });
}

/**
 * One arm's figure divided by another's, in each round that has both and a divisor above zero.
 *
 * @param isAdded what both have above the untraced sample of the round, rather than as measured
 */
export function ratiosOfRounds(
  rounds: Rounds,
  [own, other]: readonly [string, string],
  metric: MetricName,
  isAdded: boolean,
): number[] {
  return rounds.numbers.flatMap((round) => {
    const base = isAdded ? rounds.value('untraced', round, metric) : 0;
    const mine = rounds.value(own, round, metric);
    const theirs = rounds.value(other, round, metric);
    if (base === undefined || mine === undefined || theirs === undefined || theirs <= base) return [];
    return [(mine - base) / (theirs - base)];
  });
}
