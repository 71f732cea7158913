/** How values of traces look to a person. */
import { formatCount, formatDuration } from './table.js';

/** A point in time in the machine's own zone: `2026-11-22 09:30:01`. */
export function formatTime(timeUs: number): string {
  const time = new Date(timeUs / 1000);
  if (Number.isNaN(time.getTime())) return '-';
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(twoDigits).join('-');
  return `${date} ${formatClock(timeUs).slice(0, 8)}`;
}

/** The time of day with milliseconds: `09:30:01.250`. */
export function formatClock(timeUs: number): string {
  const time = new Date(timeUs / 1000);
  if (Number.isNaN(time.getTime())) return '-';
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':');
  return `${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** A length of time with three figures: `850 µs`, `12.3 ms`, `1.24 s`, `2 min 3 s`. `running` where it has not ended. */
export function formatSpan(durationUs: number | null): string {
  if (durationUs === null) return 'running';
  if (durationUs < 999.5) return `${Math.round(durationUs)} µs`;
  if (durationUs < 999_500) return `${threeFigures(durationUs / 1000)} ms`;
  if (durationUs < 59_950_000) return `${threeFigures(durationUs / 1_000_000)} s`;
  return formatDuration(durationUs / 1000);
}

function threeFigures(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** US dollars, small amounts with two figures: `$1.24`, `$0.0012`; a hyphen where nobody knows. */
export function formatCost(costUsd: number | null): string {
  if (costUsd === null) return '-';
  if (costUsd === 0) return '$0';
  if (Math.abs(costUsd) >= 0.995) return `$${costUsd.toFixed(2)}`;
  const decimals = Math.min(12, 1 - Math.floor(Math.log10(Math.abs(costUsd))));
  return `$${costUsd.toFixed(decimals)}`;
}

/** Tokens; a hyphen where there are none. */
export function formatTokens(tokens: number): string {
  return tokens === 0 ? '-' : formatCount(tokens);
}
