import type { Estimate } from '../../statistics/bootstrap.js';

const MS_OF: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000 };

/** How many milliseconds a unit is, such as `µs` or `ms a call`; undefined where it is no time. */
export function millisecondsOf(unit: string): number | undefined {
  return MS_OF[unit.trim().split(/[\s/]/)[0] ?? ''];
}

/** The same estimate in another unit. */
export function scaled({ median, low, high, count }: Estimate, factor: number): Estimate {
  return { median: median * factor, low: low * factor, high: high * factor, count };
}
