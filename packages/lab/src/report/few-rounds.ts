import { formatNumber } from './number-text.js';

/** From here on lowest and highest leave the median out in less than 5 cases of 100. */
const ENOUGH_ROUNDS = 6;

/**
 * What brackets are worth in a run of few rounds: resampling then gives lowest and highest, and a median lies outside
 * of n independent values in 2 of 2^n cases.
 *
 * @returns nothing for a run of six rounds or more
 */
export function fewRoundsNote(rounds: number): string {
  if (rounds >= ENOUGH_ROUNDS) return '';
  if (rounds < 2) return ' With one round there is none.';
  const share = 1 - 2 / 2 ** rounds;
  return ` With ${rounds} rounds that is from the lowest to the highest, which holds the median in ${formatNumber(share * 100)} cases of 100, not in 95: two such intervals can miss each other with nothing amiss.`;
}
