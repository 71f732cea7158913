import type { MetricName } from '../sample/protocol.js';
import { median } from '../statistics/quantile.js';
import type { SampleRecord } from './sample-record.js';

/** In an arm's place: what the work itself takes, the middle of the untraced samples that a round has (two, mostly). */
export const WORK_ITSELF = 'the work itself';
const UNTRACED_ARMS = ['untraced', 'untraced-again'];

/** Looks a metric up by arm and round; undefined when that sample failed or does not have it. */
export interface Rounds {
  readonly numbers: readonly number[];
  value(arm: string, round: number, metric: MetricName): number | undefined;
}

/** What of a sample its rounds are made from; an arm may be one that the lab does not know. */
type RoundSample = Pick<SampleRecord, 'round' | 'metrics'> & { readonly arm: string };

/** The samples of one scenario, by round. */
export function createRounds(samples: readonly RoundSample[]): Rounds {
  const byKey = new Map(samples.map((sample) => [`${sample.arm} ${sample.round}`, sample]));
  const find = (arm: string, round: number, metric: MetricName): number | undefined =>
    byKey.get(`${arm} ${round}`)?.metrics[metric];
  const findWork = (round: number, metric: MetricName): number | undefined => {
    const found = UNTRACED_ARMS.flatMap((arm) => find(arm, round, metric) ?? []);
    return found.length === 0 ? undefined : median(found);
  };
  return {
    numbers: [...new Set(samples.map((sample) => sample.round))].sort((left, right) => left - right),
    value: (arm, round, metric) => (arm === WORK_ITSELF ? findWork(round, metric) : find(arm, round, metric)),
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
 * @param isAdded what both have above the work itself in the round, rather than as measured
 */
export function ratiosOfRounds(
  rounds: Rounds,
  [own, other]: readonly [string, string],
  metric: MetricName,
  isAdded: boolean,
): number[] {
  return rounds.numbers.flatMap((round) => {
    const base = isAdded ? rounds.value(WORK_ITSELF, round, metric) : 0;
    const mine = rounds.value(own, round, metric);
    const theirs = rounds.value(other, round, metric);
    if (base === undefined || mine === undefined || theirs === undefined || theirs <= base) return [];
    return [(mine - base) / (theirs - base)];
  });
}
