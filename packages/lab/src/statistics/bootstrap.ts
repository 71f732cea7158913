import { median, quantile } from './quantile.js';
import { createRandom, randomIndex } from './random.js';

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
  const random = createRandom(seed);
  const medians: number[] = [];
  for (let round = 0; round < RESAMPLES; round++) {
    medians.push(median(values.map(() => values[randomIndex(random, values.length)] as number)));
  }
  return {
    median: median(values),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
    count: values.length,
  };
}
