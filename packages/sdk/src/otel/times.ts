import type { OtelHrTime, OtelTimeInput } from './api-types.js';

/**
 * The clock of `performance.now()` and the wall clock are taken to agree until they differ by more than this; then one
 * of them was set, or the machine slept. `Date.now()` alone is up to 1 ms behind.
 */
const MAX_LEAD_CHANGE_MS = 2;

/** Turns times since the epoch into times of `performance.now()`, which records carry. */
class WallClock {
  /** By how much the wall clock has run away from where this process began. */
  private leadMs = 0;

  toPerformanceMs(wholeMs: number, fractionMs: number): number {
    const origin = performance.timeOrigin;
    const leadMs = Date.now() - origin - performance.now();
    // Taken over only when it has jumped: two times that the application measured must keep their distance.
    if (Math.abs(leadMs - this.leadMs) > MAX_LEAD_CHANGE_MS) this.leadMs = leadMs;
    const wholeOrigin = Math.floor(origin);
    return wholeMs - wholeOrigin + (fractionMs - (origin - wholeOrigin)) - this.leadMs;
  }
}

const wallClock = new WallClock();

/** Whether it is meant as a time where an event may have attributes instead. */
export function isTime(value: unknown): value is OtelTimeInput {
  if (typeof value === 'number') return true;
  if (typeof value !== 'object' || value === null) return false;
  try {
    return value instanceof Date || isHrTime(value);
  } catch {
    // A proxy of the application's.
    return false;
  }
}

/** Milliseconds of `performance.now()` for a time that a caller gave; now where it is none. */
export function performanceMsOf(time: unknown): number {
  if (time === undefined || time === null) return performance.now();
  const ms = typeof time === 'number' ? fromNumber(time) : fromObject(time);
  return Number.isFinite(ms) ? ms : performance.now();
}

/** Seconds and nanoseconds since the epoch. */
export function performanceMsOfHrTime([seconds, nanoseconds]: OtelHrTime): number {
  return wallClock.toPerformanceMs(seconds * 1000 + Math.floor(nanoseconds / 1e6), (nanoseconds % 1e6) / 1e6);
}

/** No machine runs for decades, so what is small counts from this process's beginning. */
function fromNumber(ms: number): number {
  if (ms < 0) return Number.NaN;
  return ms < performance.timeOrigin / 2 ? ms : fromEpochMs(ms);
}

function fromObject(time: unknown): number {
  try {
    if (time instanceof Date) return fromEpochMs(time.getTime());
    return isHrTime(time) && time[0] >= 0 ? performanceMsOfHrTime(time) : Number.NaN;
  } catch {
    // A proxy of the application's.
    return Number.NaN;
  }
}

function fromEpochMs(ms: number): number {
  const wholeMs = Math.floor(ms);
  return wallClock.toPerformanceMs(wholeMs, ms - wholeMs);
}

function isHrTime(value: unknown): value is OtelHrTime {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'number';
}
