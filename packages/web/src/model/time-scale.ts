import type { ObservationNode } from '@slipstream/query-api';
import { endOf } from './observation.js';

/** The span of time that an axis shows. */
export interface TimeWindow {
  readonly startUs: number;
  readonly endUs: number;
}

export interface Tick {
  /** Since the start of the trace. */
  readonly offsetUs: number;
  /** In [0, 1] along the axis. */
  readonly position: number;
}

/** An axis of no length cannot be drawn on; a trace of one instant gets this much. */
const SHORTEST_WINDOW_US = 1_000;

/** First start to last end; a span that runs reaches to `nowUs`. */
export function traceWindow(observations: readonly ObservationNode[], nowUs: number): TimeWindow {
  let startUs = Number.POSITIVE_INFINITY;
  let endUs = Number.NEGATIVE_INFINITY;
  for (const observation of observations) {
    startUs = Math.min(startUs, observation.startTimeUs);
    endUs = Math.max(endUs, endOf(observation, nowUs));
  }
  if (!Number.isFinite(startUs)) return { startUs: nowUs, endUs: nowUs + SHORTEST_WINDOW_US };
  return { startUs, endUs: Math.max(endUs, startUs + SHORTEST_WINDOW_US) };
}

/** Position of a moment on the axis; outside [0, 1] where it is not in the window. */
export function positionOf(window: TimeWindow, timeUs: number): number {
  return (timeUs - window.startUs) / (window.endUs - window.startUs);
}

/** Round offsets (1, 2 or 5 times a power of ten; 1, 2, 5, 10, 15, 30 in seconds and minutes), at most `count` steps. */
export function axisTicks(window: TimeWindow, originUs: number, count: number): Tick[] {
  const lengthUs = window.endUs - window.startUs;
  const stepUs = roundStep(lengthUs / Math.max(1, count));
  const firstUs = Math.ceil((window.startUs - originUs) / stepUs) * stepUs;
  const ticks: Tick[] = [];
  for (let index = 0; index <= count + 1; index += 1) {
    const offsetUs = firstUs + index * stepUs;
    const position = positionOf(window, originUs + offsetUs);
    if (position > 1) break;
    ticks.push({ offsetUs, position });
  }
  return ticks;
}

const LONG_STEPS_S = [60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];
const US_PER_S = 1e6;

/** The smallest round step that is not below `leastUs`. */
function roundStep(leastUs: number): number {
  if (leastUs > 30 * US_PER_S) {
    const step = LONG_STEPS_S.find((seconds) => seconds * US_PER_S >= leastUs);
    return step === undefined ? Math.ceil(leastUs / (86_400 * US_PER_S)) * 86_400 * US_PER_S : step * US_PER_S;
  }
  const power = 10 ** Math.floor(Math.log10(Math.max(leastUs, 1)));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= leastUs) ?? 10;
  return factor * power;
}

/** Narrows or widens a window about a point that stays where it is, within `bounds`. */
export function zoomWindow(window: TimeWindow, bounds: TimeWindow, anchor: number, factor: number): TimeWindow {
  const length = Math.max(SHORTEST_WINDOW_US / 100, (window.endUs - window.startUs) * factor);
  if (length >= bounds.endUs - bounds.startUs) return bounds;
  const anchorUs = window.startUs + anchor * (window.endUs - window.startUs);
  return clampWindow(anchorUs - anchor * length, length, bounds);
}

/** Moves a window by a part of its length, within `bounds`. */
export function panWindow(window: TimeWindow, bounds: TimeWindow, part: number): TimeWindow {
  const length = window.endUs - window.startUs;
  return clampWindow(window.startUs + part * length, length, bounds);
}

function clampWindow(startUs: number, length: number, bounds: TimeWindow): TimeWindow {
  const start = Math.min(Math.max(startUs, bounds.startUs), bounds.endUs - length);
  return { startUs: start, endUs: start + length };
}
