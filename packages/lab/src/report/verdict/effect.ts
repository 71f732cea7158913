import type { Estimate } from '../../statistics/bootstrap.js';

/**
 * What a difference comes to. `none`: it is within the noise, or its interval holds zero; such a difference is never
 * called an effect. `unknown`: nothing was measured.
 */
export type Effect = 'none' | 'more' | 'less' | 'unknown';

/**
 * Judges a difference from the untraced run of the same round.
 *
 * @param noise how far the two untraced arms are apart, in the same unit
 */
export function effectOf(difference: Estimate | undefined, noise = 0): Effect {
  if (difference === undefined) return 'unknown';
  const { median, low, high } = difference;
  if (Math.abs(median) <= noise || (low <= 0 && high >= 0)) return 'none';
  return median > 0 ? 'more' : 'less';
}

/**
 * Judges a ratio to the untraced run of the same round.
 *
 * @param distance between the two figures themselves
 * @param noise how far the two untraced arms are apart, in the unit of the distance
 */
export function effectOfRatio(ratio: Estimate | undefined, distance: number, noise = 0): Effect {
  if (ratio === undefined) return 'unknown';
  const { median, low, high } = ratio;
  if (Math.abs(distance) <= noise || (low <= 1 && high >= 1)) return 'none';
  return median > 1 ? 'more' : 'less';
}

/** A single sample has no interval, so that a ratio says something only when it is this far from one. */
const SINGLE_SAMPLE_MARGIN = 0.1;
/** Less is a difference of headers and names in what is sent, and felt by nobody. */
const MARGIN = 0.02;

/** Whether one arm's figure is above another's, by their ratio within each round. */
export function isAbove(ratio: Estimate, distance: number, noise = 0): boolean {
  if (distance <= noise) return false;
  return ratio.count < 2 ? ratio.median > 1 + SINGLE_SAMPLE_MARGIN : ratio.low > 1 && ratio.median > 1 + MARGIN;
}
