const FIRST_DELAY_MS = 500;
/** Long enough to leave a restarting collector alone, short enough that a person does not reload the page. */
const LONGEST_DELAY_MS = 15_000;

/**
 * How long to wait before a connection attempt: doubling, with the upper half at random so that many tabs do not
 * come back at the same moment.
 * @param attempt 0 for the first retry.
 * @param random in [0, 1).
 */
export function retryDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 20));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
