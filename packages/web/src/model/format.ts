/** What stands in a cell that has no value. */
export const NO_VALUE = '–';

const US_PER_MS = 1_000;
const US_PER_S = 1_000_000;

/** `312 µs`, `4.21 ms`, `312 ms`, `3.42 s`, `2m 05s`, `1h 02m`, `3d 04h`. */
export function formatDuration(durationUs: number | null): string {
  if (durationUs === null || !Number.isFinite(durationUs)) return NO_VALUE;
  if (durationUs < 0) return `−${formatDuration(-durationUs)}`;
  if (durationUs < 999.5) return `${Math.round(durationUs)} µs`;
  if (durationUs < 999.5 * US_PER_MS) return `${threeDigits(durationUs / US_PER_MS)} ms`;
  if (durationUs < 59.95 * US_PER_S) return `${threeDigits(durationUs / US_PER_S)} s`;
  return formatLong(Math.round(durationUs / US_PER_S));
}

function formatLong(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${pad2(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${pad2(minutes % 60)}m`;
  return `${Math.floor(hours / 24)}d ${pad2(hours % 24)}h`;
}

/** Three significant digits for a value in [1, 1000): a column of them lines up and does not claim more than is known. */
function threeDigits(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  if (value < 99.95) return value.toFixed(1);
  return value.toFixed(0);
}

/** `3,210`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** `812`, `9,999`, `12.3k`, `1.20M`. */
export function formatTokens(value: number): string {
  if (value < 10_000) return formatCount(Math.round(value));
  if (value < 999_500) return `${threeDigits(value / 1_000)}k`;
  return `${threeDigits(value / 1_000_000)}M`;
}

/** US dollars; four decimals below one dollar so that the column lines up and a cheap call is not shown as nothing. */
export function formatCost(costUsd: number | null): string {
  if (costUsd === null || !Number.isFinite(costUsd)) return NO_VALUE;
  if (costUsd === 0) return '$0';
  if (costUsd < 0) return `−${formatCost(-costUsd)}`;
  if (costUsd < 0.000_05) return '<$0.0001';
  if (costUsd < 0.999_95) return `$${costUsd.toFixed(4)}`;
  return `$${costUsd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** Size of a text, in thousands or millions of characters. */
export function formatLength(characters: number): string {
  if (characters < 1_000) return `${characters} chars`;
  if (characters < 999_500) return `${threeDigits(characters / 1_000)}k chars`;
  return `${threeDigits(characters / 1_000_000)}M chars`;
}

/** `14:03:22.123` in the viewer's time zone. */
export function formatTimeOfDay(timeUs: number): string {
  const date = new Date(timeUs / US_PER_MS);
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${pad2(date.getHours())}:${pad2(date.getMinutes())}:${pad2(date.getSeconds())}.${millis}`;
}

/** `''` on the day of `nowMs`, else `11-21` (with the year when it is another one). */
export function formatDay(timeUs: number, nowMs: number): string {
  const date = new Date(timeUs / US_PER_MS);
  const now = new Date(nowMs);
  const day = `${pad2(date.getMonth() + 1)}-${pad2(date.getDate())}`;
  if (date.getFullYear() !== now.getFullYear()) return `${date.getFullYear()}-${day}`;
  return date.getMonth() === now.getMonth() && date.getDate() === now.getDate() ? '' : day;
}

/** `2026-11-22 14:03:22.123` in the viewer's time zone. */
export function formatDateTime(timeUs: number): string {
  const date = new Date(timeUs / US_PER_MS);
  return `${date.getFullYear()}-${pad2(date.getMonth() + 1)}-${pad2(date.getDate())} ${formatTimeOfDay(timeUs)}`;
}

/** Output tokens a second while they were being generated; `null` where that cannot be known. */
export function tokensPerSecond(timing: {
  readonly outputTokens: number;
  readonly startTimeUs: number;
  readonly completionStartTimeUs: number | null;
  readonly endTimeUs: number | null;
}): number | null {
  if (timing.endTimeUs === null || timing.outputTokens <= 0) return null;
  const generatingUs = timing.endTimeUs - (timing.completionStartTimeUs ?? timing.startTimeUs);
  return generatingUs > 0 ? (timing.outputTokens * US_PER_S) / generatingUs : null;
}

function pad2(value: number): string {
  return String(value).padStart(2, '0');
}
