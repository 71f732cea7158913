import type { Series, SeriesPoint, SeriesTotal } from '@slipstream/query-api';
import { formatCount, formatDay, formatDuration, formatTimeOfDay } from './format.js';

/** One bar; heights are shares of the tallest, 0 to 1. */
export interface ChartBar {
  readonly startMs: number;
  readonly height: number;
  /** The part of it that is errors. */
  readonly errorHeight: number;
}

/** Volume and latency over time, ready to draw: x is the number of the point, y runs from 0 (top) to 1 (bottom). */
export interface SeriesChart {
  readonly bars: readonly ChartBar[];
  /** SVG path data; empty where nothing has ended. */
  readonly p50Path: string;
  readonly p95Path: string;
  readonly tallestSpans: number;
  readonly longestMs: number;
}

/** What is drawn a little above, so that a line does not lie on the edge. */
const HEADROOM = 1.08;

export function seriesChart({ points }: Series): SeriesChart {
  const tallestSpans = Math.max(0, ...points.map(({ spans }) => spans));
  const longestMs = Math.max(0, ...points.map(({ p95Ms }) => p95Ms ?? 0));
  const share = (spans: number): number => (tallestSpans === 0 ? 0 : spans / tallestSpans);
  return {
    bars: points.map(({ startMs, spans, errors }) => ({ startMs, height: share(spans), errorHeight: share(errors) })),
    p50Path: linePath(points, ({ p50Ms }) => p50Ms, longestMs),
    p95Path: linePath(points, ({ p95Ms }) => p95Ms, longestMs),
    tallestSpans,
    longestMs,
  };
}

/** A line through the middles of the points that have a value, broken where one has none. */
function linePath(
  points: readonly SeriesPoint[],
  durationOf: (point: SeriesPoint) => number | null,
  longestMs: number,
): string {
  let path = '';
  let isBroken = true;
  for (const [index, point] of points.entries()) {
    const value = durationOf(point);
    if (value === null) {
      isBroken = true;
      continue;
    }
    const y = longestMs === 0 ? 1 : 1 - value / (longestMs * HEADROOM);
    // A point between two gaps is a dash of its own width.
    path += isBroken ? `M${index + 0.2} ${round(y)}H${index + 0.8}` : `L${index + 0.5} ${round(y)}`;
    isBroken = false;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** The point under a place of the chart, 0 to 1 from the left. */
export function pointAt(count: number, position: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(position * count)));
}

/** `1,234 spans · 12 errors (1.0 %)`. */
export function describeVolume({ spans, errors }: SeriesTotal): string {
  const text = `${formatCount(spans)} ${spans === 1 ? 'span' : 'spans'}`;
  if (errors === 0) return text;
  const share = (errors / spans) * 100;
  const percent = share < 0.1 ? '<0.1' : share.toFixed(1);
  return `${text} · ${formatCount(errors)} ${errors === 1 ? 'error' : 'errors'} (${percent} %)`;
}

/** `p50 120 ms · p95 1.20 s`. */
export function describeLatency({ p50Ms, p95Ms }: SeriesTotal): string {
  return `p50 ${formatMs(p50Ms)} · p95 ${formatMs(p95Ms)}`;
}

function formatMs(durationMs: number | null): string {
  return formatDuration(durationMs === null ? null : durationMs * 1000);
}

/** `14:10 – 14:20`, with the day where it is not that of `nowMs`. */
export function describeTime({ startMs }: SeriesPoint, stepMs: number, nowMs: number): string {
  return `${moment(startMs, nowMs)} – ${moment(startMs + stepMs, nowMs)}`;
}

function moment(timeMs: number, nowMs: number): string {
  const day = formatDay(timeMs * 1000, nowMs);
  const time = formatTimeOfDay(timeMs * 1000).slice(0, 5);
  return day === '' ? time : `${day} ${time}`;
}
