/** Waits that double from the first to the last, each spread by a quarter so that retries do not march in step. */
export interface Backoff {
  nextMs(): number;
  reset(): void;
}

const JITTER = 0.25;

export function createBackoff(firstMs: number, lastMs: number, random: () => number = Math.random): Backoff {
  let baseMs = firstMs;
  return {
    nextMs() {
      const delayMs = baseMs * (1 - JITTER + 2 * JITTER * random());
      baseMs = Math.min(lastMs, baseMs * 2);
      return delayMs;
    },
    reset() {
      baseMs = firstMs;
    },
  };
}
