const MS_PER_MINUTE = 60_000;
const MINUTES_PER_HOUR = 60;

/** A time as people say it: `40 s`, `6 min`, `2 h 05 min`. */
export function timeText(durationMs: number): string {
  const minutes = durationMs / MS_PER_MINUTE;
  if (minutes < 1.5) return `${Math.max(0, Math.round(durationMs / 1_000))} s`;
  const whole = Math.round(minutes);
  if (whole < MINUTES_PER_HOUR) return `${whole} min`;
  return `${Math.floor(whole / MINUTES_PER_HOUR)} h ${String(whole % MINUTES_PER_HOUR).padStart(2, '0')} min`;
}
