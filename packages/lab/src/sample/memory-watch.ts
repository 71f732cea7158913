import type { Metrics } from './protocol.js';

const BYTES_PER_MB = 1024 * 1024;
const KB_PER_MB = 1024;
/** A reading takes about 20 µs. */
const PERIOD_MS = 250;

/** Memory at one moment. */
export interface MemoryReading {
  readonly rssMb: number;
  readonly heapMb: number;
}

/** Reads the memory; about 50 µs, so only at the edges of a measurement. */
export function readMemory(): MemoryReading {
  const { rss, heapUsed } = process.memoryUsage();
  return { rssMb: rss / BYTES_PER_MB, heapMb: heapUsed / BYTES_PER_MB };
}

/** Memory at both edges, and the most that was resident since the process began. */
export function describeMemory(start: MemoryReading, end: MemoryReading): Metrics {
  return {
    rssStartMb: start.rssMb,
    rssEndMb: end.rssMb,
    rssPeakMb: process.resourceUsage().maxRSS / KB_PER_MB,
    heapStartMb: start.heapMb,
    heapEndMb: end.heapMb,
  };
}

/** Follows the process's memory while it runs. */
export interface MemoryWatch {
  /** Resident memory at the start and at the end, its maximum, and its growth in the last third of the time. */
  stop(): Metrics;
}

/** Starts to read the resident memory. */
export function startMemoryWatch(readRssBytes: () => number = process.memoryUsage.rss): MemoryWatch {
  const readings = [readRssBytes()];
  const timer = setInterval(() => readings.push(readRssBytes()), PERIOD_MS);
  return {
    stop() {
      clearInterval(timer);
      readings.push(readRssBytes());
      return describeGrowth(readings.map((bytes) => bytes / BYTES_PER_MB));
    },
  };
}

/** A level that still rises in its last third has found no bound yet. */
export function describeGrowth(readingsMb: readonly number[]): Metrics {
  const lastThird = Math.floor((readingsMb.length * 2) / 3);
  const end = readingsMb.at(-1) ?? 0;
  return {
    rssStartMb: readingsMb[0] ?? 0,
    rssEndMb: end,
    rssMaxMb: Math.max(...readingsMb),
    rssLateGrowthMb: end - (readingsMb[lastThird] ?? end),
  };
}
