import type { Estimate } from '../statistics/bootstrap.js';

/** What stands in a cell without a value. */
export const NO_VALUE = '–';

/** A number with about three significant digits, which is more than most of these figures deserve. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

/** The median with its interval. */
export function formatEstimate(estimate: Estimate | undefined): string {
  if (estimate === undefined) return NO_VALUE;
  if (estimate.count < 2) return formatNumber(estimate.median);
  return `${formatNumber(estimate.median)} [${formatNumber(estimate.low)}, ${formatNumber(estimate.high)}]`;
}

/** A ratio as people say it: `1/9.5` below one, `2.1 x` above. */
export function formatRatio(ratio: number | undefined): string {
  if (ratio === undefined || !Number.isFinite(ratio)) return NO_VALUE;
  return ratio > 0 && ratio < 0.95 ? `1/${formatNumber(1 / ratio)}` : `${formatNumber(ratio)} x`;
}

/** A share of a whole. */
export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
