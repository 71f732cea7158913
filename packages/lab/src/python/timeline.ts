import { quantile } from '../statistics/quantile.js';
import type { PythonSeriesPoint } from './model.js';
import type { ExportInterval } from './program-output.js';

/** A request as the load generator saw it. */
export interface SeenRequest {
  /** When it should have started, in milliseconds of Unix time. */
  readonly atUnixMs: number;
  readonly latencyMs: number;
}

const SLICE_MS = 100;
/** A slice in which the exporter worked for less than this was hardly touched by it. */
const TOUCHED_MS = 5;

/** Latency over time, and what it was while a batch was being serialised or sent. */
export interface Timeline {
  readonly series: readonly PythonSeriesPoint[];
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Puts the requests of the load beside the exports of the server: both give wall-clock times of one machine.
 *
 * A request belongs to an export when it was in flight while that ran, for as long as it was late for it: from when it
 * should have started to when it was answered.
 */
export function createTimeline(requests: readonly SeenRequest[], exports: readonly ExportInterval[]): Timeline {
  const ordered = [...requests].sort((left, right) => left.atUnixMs - right.atUnixMs);
  const begin = ordered[0]?.atUnixMs ?? 0;
  const end = Math.max(begin, ...ordered.map((request) => request.atUnixMs));
  const during: number[] = [];
  const otherwise: number[] = [];
  for (const { atUnixMs, latencyMs } of ordered) {
    const isDuring = overlapMs(exports, atUnixMs, atUnixMs + latencyMs) > 0;
    (isDuring ? during : otherwise).push(latencyMs);
  }
  const all = ordered.map((request) => request.latencyMs);
  return {
    series: sliceUp(ordered, begin, exports),
    metrics: {
      p50Ms: quantile(all, 0.5),
      p99Ms: quantile(all, 0.99),
      maxMs: quantile(all, 1),
      exportingShare: end > begin ? overlapMs(exports, begin, end) / (end - begin) : 0,
      ...(during.length > 0 ? { exportingP50Ms: quantile(during, 0.5), exportingP99Ms: quantile(during, 0.99) } : {}),
      ...(otherwise.length > 0 ? { otherwiseP99Ms: quantile(otherwise, 0.99) } : {}),
    },
  };
}

function sliceUp(
  ordered: readonly SeenRequest[],
  begin: number,
  exports: readonly ExportInterval[],
): readonly PythonSeriesPoint[] {
  const slices = new Map<number, number[]>();
  for (const { atUnixMs, latencyMs } of ordered) {
    const slice = Math.floor((atUnixMs - begin) / SLICE_MS);
    const latencies = slices.get(slice);
    if (latencies === undefined) slices.set(slice, [latencyMs]);
    else latencies.push(latencyMs);
  }
  return [...slices].map(([slice, latencies]) => {
    const from = begin + slice * SLICE_MS;
    return {
      atMs: slice * SLICE_MS,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      isExporting: overlapMs(exports, from, from + SLICE_MS) >= TOUCHED_MS,
    };
  });
}

/** How long within a window something was exported; exports of two clients may overlap, and count twice then. */
function overlapMs(exports: readonly ExportInterval[], from: number, to: number): number {
  let total = 0;
  for (const [begin, end] of exports) total += Math.max(0, Math.min(end, to) - Math.max(begin, from));
  return Math.min(total, to - from);
}
