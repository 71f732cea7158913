/** Durations in fixed buckets, as Prometheus wants them. */
export interface Histogram {
  observe(durationMs: number): void;
  snapshot(): HistogramSnapshot;
}

export interface HistogramSnapshot {
  /** Cumulative counts by upper bound in seconds; the last bound is infinite. */
  readonly buckets: readonly { readonly boundS: number; readonly count: number }[];
  readonly count: number;
  readonly sumS: number;
}

/** From a fast disk's sync to a stuck one. */
const BOUNDS_MS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000];
const MS_PER_SECOND = 1000;

export function createHistogram(): Histogram {
  const counts = new Array<number>(BOUNDS_MS.length + 1).fill(0);
  let sumMs = 0;
  return {
    observe(durationMs) {
      const index = BOUNDS_MS.findIndex((bound) => durationMs <= bound);
      const slot = index === -1 ? BOUNDS_MS.length : index;
      counts[slot] = (counts[slot] ?? 0) + 1;
      sumMs += durationMs;
    },
    snapshot() {
      let count = 0;
      const buckets = counts.map((own, index) => {
        count += own;
        return { boundS: (BOUNDS_MS[index] ?? Number.POSITIVE_INFINITY) / MS_PER_SECOND, count };
      });
      return { buckets, count, sumS: sumMs / MS_PER_SECOND };
    },
  };
}
