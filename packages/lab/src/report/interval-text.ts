import type { Estimate } from '../statistics/bootstrap.js';
import { formatNumber, NO_VALUE } from './number-text.js';

/** A median with its unit and its interval, as sentences have it: `2.40 µs (2.20–2.70)`. */
export function intervalText(estimate: Estimate | undefined, unit = ''): string {
  if (estimate === undefined) return NO_VALUE;
  const { median, low, high, count } = estimate;
  const figure = `${formatNumber(median)}${unit === '' ? '' : ` ${unit}`}`;
  return count < 2 ? `${figure} (one sample)` : `${figure} (${formatNumber(low)} to ${formatNumber(high)})`;
}

/** A ratio with its interval, the ends in the form of the median: `1/34 (1/39 to 1/31)`, `1.37 × (0.67 to 1.82)`. */
export function ratioText(estimate: Estimate | undefined): string {
  if (estimate === undefined) return NO_VALUE;
  const { median, low, high, count } = estimate;
  if (count < 2) return timesText(median);
  const isFraction = isBelowOne(median);
  const end = (ratio: number): string => (isFraction && isBelowOne(ratio) ? timesText(ratio) : shortNumber(ratio));
  return `${timesText(median)} (${end(low)} to ${end(high)})`;
}

/** A ratio to something: `1/34` of it below one, `2.1 times` it above. */
export function timesText(ratio: number): string {
  if (!Number.isFinite(ratio)) return NO_VALUE;
  return isBelowOne(ratio) ? `1/${shortNumber(1 / ratio)}` : `${shortNumber(ratio)} ×`;
}

/** What is near one is easier to read as it is. */
function isBelowOne(ratio: number): boolean {
  return ratio > 0 && ratio < 0.95;
}

/** Two significant digits are enough for a ratio. */
function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 10) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(size >= 2 ? 1 : 2);
}
