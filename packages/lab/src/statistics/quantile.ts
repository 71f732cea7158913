/**
 * The quantile of a list, with linear interpolation between the two nearest ranks; `NaN` for an empty list.
 *
 * @param q from 0 (smallest) to 1 (largest)
 */
export function quantile(values: readonly number[], q: number): number {
  return quantileOfSorted(
    [...values].sort((left, right) => left - right),
    q,
  );
}

/** {@link quantile} of a list that is in rising order already. */
export function quantileOfSorted(sorted: readonly number[], q: number): number {
  const rank = (sorted.length - 1) * Math.min(Math.max(q, 0), 1);
  const below = sorted[Math.floor(rank)];
  const above = sorted[Math.ceil(rank)];
  if (below === undefined || above === undefined) return Number.NaN;
  return below + (above - below) * (rank - Math.floor(rank));
}

/** The middle value; `NaN` for an empty list. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
