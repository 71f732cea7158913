/** How the words of a command line become values. */
import { type Level, levelSchema } from '@slipstream/query-api';
import { InvalidArgumentError } from 'commander';

const MAX_METADATA_FILTERS = 8;
const MAX_PORT = 65_535;

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${MAX_PORT}.`);
}

export function parsePortOrOff(text: string): number | 'off' {
  return text === 'off' ? 'off' : parsePort(text);
}

/** @returns a reader of whole numbers between two limits */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** @returns a reader of seconds, as milliseconds */
export function secondsUpTo(max: number): (text: string) => number {
  return (text) => {
    const seconds = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && seconds <= max) return seconds * 1000;
    throw new InvalidArgumentError(`It must be a number of seconds from 0 to ${max}.`);
  };
}

/** A point in time, in microseconds since the epoch: so long ago (`15m`, `2h`, `7d`), or ISO 8601. */
export function parseTime(text: string): number {
  const ago = /^(\d{1,9})([smhdw])$/.exec(text);
  if (ago !== null) {
    const seconds = Number(ago[1]) * (UNIT_SECONDS[ago[2] ?? ''] ?? 0);
    return Math.max(0, Date.now() - seconds * 1000) * 1000;
  }
  const timeMs = /^\d{4}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (timeMs >= 0) return timeMs * 1000;
  throw new InvalidArgumentError('It must be a length of time (30s, 15m, 2h, 7d) or a time such as 2026-11-22T09:30.');
}

export function parseLevel(text: string): Level {
  const level = levelSchema.safeParse(text.toUpperCase());
  if (level.success) return level.data;
  throw new InvalidArgumentError(`It must be one of ${levelSchema.options.join(', ')}.`);
}

/** Collects `--metadata key:value`, which may be given several times. */
export function collectMetadata(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[^:]+:/.test(text)) throw new InvalidArgumentError('It must be key:value.');
  if (before.length >= MAX_METADATA_FILTERS) {
    throw new InvalidArgumentError(`There may be at most ${MAX_METADATA_FILTERS} of them.`);
  }
  return [...before, text];
}

/** A trace id, or the beginning of one. */
export function parseTraceId(text: string): string {
  if (/^[0-9a-f]{4,32}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('It must be the 32 hexadecimal digits of a trace, or the first 4 and more of them.');
}

export function parseSpanId(text: string): string {
  if (/^[0-9a-f]{4,16}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('It must be the 16 hexadecimal digits of a span, or the first 4 and more of them.');
}

export function parseFullTraceId(text: string): string {
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('It must be the 32 hexadecimal digits of a trace.');
}
