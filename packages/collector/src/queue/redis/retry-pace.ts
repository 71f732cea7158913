/** Waits that double from the first to the last, and start over after a time without any. */
export interface RetryPace {
  nextMs(): number;
}

const JITTER = 0.25;
/** A fault that comes back within so many of the longest waits is the same fault. */
const CALM_WAITS = 2;

export function createRetryPace(
  firstMs: number,
  lastMs: number,
  nowMs: () => number = () => performance.now(),
  random: () => number = Math.random,
): RetryPace {
  let baseMs = firstMs;
  let lastAskedAt = Number.NEGATIVE_INFINITY;
  return {
    nextMs() {
      const isCalm = nowMs() - lastAskedAt > baseMs + CALM_WAITS * lastMs;
      baseMs = isCalm ? firstMs : Math.min(lastMs, baseMs * 2);
      lastAskedAt = nowMs();
      return baseMs * (1 - JITTER + 2 * JITTER * random());
    },
  };
}
