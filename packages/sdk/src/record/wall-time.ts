/**
 * A time of the wall clock (a date, or milliseconds since the epoch) on the clock of `performance.now()`: by its age,
 * because the two may have drifted apart since the process began. `undefined` for what is no time; never throws.
 */
export function wallToClockMs(time: unknown): number | undefined {
  try {
    const wallMs = typeof time === 'number' ? time : Date.prototype.getTime.call(time);
    const clockMs = performance.now() - (Date.now() - wallMs);
    return Number.isFinite(clockMs) ? clockMs : undefined;
  } catch {
    // No date, whatever else it may be.
    return undefined;
  }
}
