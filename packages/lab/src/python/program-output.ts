import { MalformedMessageError } from '../errors.js';

/** A line with the exports of half a minute, event by event, is some hundred kilobytes. */
export const MAX_LINE_CHARS = 8 * 1024 * 1024;
const MAX_SAMPLES = 32;
const MAX_METRICS = 64;
const MAX_EXPORTS = 100_000;
const MAX_NOTE_CHARS = 500;

/** What one form of a case came to. */
export interface ProgramSample {
  readonly variant: string;
  readonly spansSent: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly note?: string;
}

/** From when to when a batch was being serialised or sent, in milliseconds of Unix time. */
export type ExportInterval = readonly [beginMs: number, endMs: number];

/** What a server says when it has stopped. */
export interface ServedOutput {
  readonly requests: number;
  readonly spansSent: number;
  readonly exports: readonly ExportInterval[];
}

/**
 * Reads the line with the samples.
 *
 * @throws MalformedMessageError when it is none, or longer than a program has reason to be
 */
export function parseSamples(line: string): readonly ProgramSample[] {
  const { samples } = readMessage(line, 'samples');
  if (!Array.isArray(samples) || samples.length === 0 || samples.length > MAX_SAMPLES) {
    throw new MalformedMessageError(`a result of 1 to ${MAX_SAMPLES} samples was expected`);
  }
  return samples.map((sample) => readSample(sample));
}

/** Reads the line in which a server says where it listens; only the loopback interface is believed. */
export function parseListening(line: string): string {
  const { url } = readMessage(line, 'listening');
  if (typeof url !== 'string' || !/^http:\/\/127\.0\.0\.1:\d{1,5}\/\w{1,20}$/.test(url)) {
    throw new MalformedMessageError('no address of the loopback interface');
  }
  return url;
}

/** Reads the line with which a server ends. */
export function parseServed(line: string): ServedOutput {
  const { requests, spansSent, exports } = readMessage(line, 'served');
  if (!Array.isArray(exports) || exports.length > MAX_EXPORTS) throw new MalformedMessageError('no list of exports');
  return { requests: readCount(requests), spansSent: readCount(spansSent), exports: exports.map(readInterval) };
}

/** Reads the line with the constants of the cost model. */
export function parseConstants(line: string): Readonly<Record<string, number>> {
  return readNumbers(readMessage(line, 'constants').constants);
}

function readMessage(line: string, type: string): Readonly<Record<string, unknown>> {
  if (line.length > MAX_LINE_CHARS) throw new MalformedMessageError('a line longer than the lab reads');
  const message = asObject(parseJson(line));
  if (message.type !== type) throw new MalformedMessageError(`"${type}" was expected`);
  return message;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new MalformedMessageError('a line that is no JSON');
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedMessageError('an object was expected');
  }
  return value as Readonly<Record<string, unknown>>;
}

function readSample(value: unknown): ProgramSample {
  const { variant, spansSent, metrics, note } = asObject(value);
  if (typeof variant !== 'string' || variant.length > 60) throw new MalformedMessageError('a sample without a variant');
  return {
    variant,
    spansSent: readCount(spansSent),
    metrics: readNumbers(metrics),
    ...(typeof note === 'string' ? { note: note.slice(0, MAX_NOTE_CHARS) } : {}),
  };
}

function readNumbers(value: unknown): Readonly<Record<string, number>> {
  const entries = Object.entries(asObject(value));
  if (entries.length > MAX_METRICS) throw new MalformedMessageError(`more than ${MAX_METRICS} metrics`);
  return Object.fromEntries(entries.map(([name, number]) => [name, readNumber(number)]));
}

function readInterval(value: unknown): ExportInterval {
  if (!Array.isArray(value) || value.length !== 2) throw new MalformedMessageError('an export has a begin and an end');
  return [readNumber(value[0]), readNumber(value[1])];
}

function readNumber(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new MalformedMessageError('a number was expected');
  return value;
}

function readCount(value: unknown): number {
  const count = readNumber(value);
  if (!Number.isInteger(count) || count < 0) throw new MalformedMessageError('a count was expected');
  return count;
}
