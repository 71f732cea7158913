import { median, quantile } from './quantile.js';
import { createRandom, type Random, randomIndex } from './random.js';

/** A median with the interval that resampling gives it. */
export interface Estimate {
  readonly median: number;
  /** Ends of the 95 % percentile-bootstrap interval; equal to the median when there is one value. */
  readonly low: number;
  readonly high: number;
  /** How many values it rests on. */
  readonly count: number;
}

/** Enough that the ends of the interval move by less than the digits that are printed. */
const RESAMPLES = 2_000;

/**
 * Estimates the median of a few values, one for each process that was run: the unit that is resampled is the
 * process, because requests of one process share its heap, its compiled code and its flush phase.
 *
 * @returns undefined for an empty list
 */
export function estimateMedian(values: readonly number[], seed: number): Estimate | undefined {
  if (values.length === 0) return undefined;
  const medians = resampledMedians(values, createRandom(seed));
  return {
    median: median(values),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
    count: values.length,
  };
}

/**
 * Medians of so many draws with replacement. A full report has tens of thousands of estimates: counting how often each
 * rank was drawn spares a sort for each of their resamples.
 */
function resampledMedians(values: readonly number[], random: Random): number[] {
  const order = values.map((_, index) => index).sort((left, right) => (values[left] ?? 0) - (values[right] ?? 0));
  const sorted = order.map((index) => values[index] ?? Number.NaN);
  const rankOf = new Uint32Array(values.length);
  for (const [rank, index] of order.entries()) rankOf[index] = rank;
  const drawn = new Uint32Array(values.length);
  return Array.from({ length: RESAMPLES }, () => {
    drawn.fill(0);
    for (let draw = 0; draw < values.length; draw++) {
      const rank = rankOf[randomIndex(random, values.length)] ?? 0;
      drawn[rank] = (drawn[rank] ?? 0) + 1;
    }
    return medianOfDrawn(sorted, drawn);
  });
}

/** The middle of a list that is given by how often each of these values is in it. */
function medianOfDrawn(sorted: readonly number[], drawn: Uint32Array): number {
  const middle = (sorted.length - 1) / 2;
  let passed = 0;
  let rank = 0;
  for (; rank < sorted.length; rank++) {
    passed += drawn[rank] ?? 0;
    if (passed > Math.floor(middle)) break;
  }
  const below = sorted[rank] ?? Number.NaN;
  if (passed > Math.ceil(middle)) return below;
  do rank++;
  while (rank < sorted.length && drawn[rank] === 0);
  return (below + (sorted[rank] ?? Number.NaN)) / 2;
}
