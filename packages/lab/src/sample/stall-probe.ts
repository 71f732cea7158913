import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Coarse on purpose: each tick of the histogram wakes the loop, in every arm alike. */
const HISTOGRAM_RESOLUTION_MS = 10;

/** The longest time that nothing else could run. */
export interface StallReading {
  /** Longest of our own measurements: a burst of work, or how late a timer fired. */
  readonly longestMs: number;
  /** The same by Node's event-loop histogram, its own resolution taken off. */
  readonly loopDelayMaxMs: number;
  readonly loopDelayP99Ms: number;
}

/** Collects stalls while it runs. */
export interface StallProbe {
  /** Tells of a time in which the thread was not free; hot, so it does no more than compare. */
  observe(durationMs: number): void;
  stop(): StallReading;
}

/** Starts a probe that measures only what `observe` tells, besides Node's histogram. */
export function startStallProbe(): StallProbe {
  const histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: HISTOGRAM_RESOLUTION_MS });
  histogram.enable();
  let longestMs = 0;
  return {
    observe(durationMs) {
      if (durationMs > longestMs) longestMs = durationMs;
    },
    stop() {
      histogram.disable();
      return {
        longestMs,
        loopDelayMaxMs: delayMs(histogram.max),
        loopDelayP99Ms: delayMs(histogram.percentile(99)),
      };
    },
  };
}

/** An empty histogram has a percentile of 0 and a maximum that is none: both come out as no delay. */
function delayMs(valueNs: number): number {
  const ms = valueNs / 1e6 - HISTOGRAM_RESOLUTION_MS;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** Starts a probe with a timer of its own, for work that has no cycle which could tell. */
export function startTimedStallProbe(periodMs: number): StallProbe {
  const probe = startStallProbe();
  let intended = performance.now() + periodMs;
  let timer = setTimeout(fire, periodMs);
  function fire(): void {
    const now = performance.now();
    probe.observe(now - intended);
    intended = now + periodMs;
    timer = setTimeout(fire, periodMs);
  }
  return {
    observe: probe.observe,
    stop() {
      clearTimeout(timer);
      return probe.stop();
    },
  };
}
