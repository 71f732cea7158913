import { GCProfiler } from 'node:v8';
import type { Metrics } from './protocol.js';

const US_PER_MS = 1_000;

/** Counts the garbage collections of this thread while it runs. */
export interface GcWatch {
  stop(): Metrics;
}

/**
 * Starts to count. By V8's profiler, which notes a collection where it happens: a `PerformanceObserver` would make an
 * entry and a turn of the event loop for each, some hundred microseconds of the CPU that is measured, and most in the
 * arms that make most garbage.
 */
export function startGcWatch(): GcWatch {
  const profiler = new GCProfiler();
  profiler.start();
  return {
    stop() {
      const costsMs = (profiler.stop()?.statistics ?? []).map(({ cost }) => cost / US_PER_MS);
      return {
        gcCount: costsMs.length,
        gcMs: costsMs.reduce((total, ms) => total + ms, 0),
        gcLongestMs: Math.max(0, ...costsMs),
      };
    },
  };
}
