import { createHash } from 'node:crypto';
import type { DeadLetter } from './dead-letters.js';

/** One letter as it stands in the file, without the line break. */
export type Line = Buffer;

/** A letter and when it was written down first, in milliseconds since the epoch. */
export interface DatedLetter extends DeadLetter {
  readonly atMs: number;
}

/** What is known of a letter without its payload. */
export interface LineHead {
  readonly reason: string;
  readonly atMs: number;
}

/** The payload comes last, so that a file can be counted without it. */
const PAYLOAD_MARK = Buffer.from(',"payload":"');

export function toLine({ entry, reason }: DeadLetter, atMs: number): Line {
  const { id, tenant, contentType, payload } = entry;
  const base64 = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('base64');
  return Buffer.from(JSON.stringify({ id, tenant, contentType, reason, atMs, payload: base64 }));
}

/** `undefined` for a line that a crash left unfinished. */
export function parseLine(line: Line): DatedLetter | undefined {
  const value = parseJson(line.toString('utf8'));
  if (value === undefined || !isHead(value)) return undefined;
  const { id, tenant, contentType, payload, reason, atMs } = value as LineHead & Record<string, unknown>;
  if (typeof tenant !== 'string' || typeof contentType !== 'string' || typeof payload !== 'string') return undefined;
  const entry = { id: Number(id), tenant, contentType, payload: Buffer.from(payload, 'base64') };
  return { entry, reason, atMs };
}

/** `undefined` for a line that a crash left unfinished. */
export function parseHead(line: Line): LineHead | undefined {
  const end = line.indexOf(PAYLOAD_MARK);
  if (end === -1 || line.at(-1) !== 0x7d) return undefined;
  const value = parseJson(`${line.subarray(0, end).toString('utf8')}}`);
  return value !== undefined && isHead(value) ? value : undefined;
}

/** Tells lines apart. */
export function hashOf(line: Line): string {
  return createHash('sha256').update(line).digest('base64');
}

function isHead(value: unknown): value is LineHead {
  const { reason, atMs } = (value ?? {}) as Record<string, unknown>;
  return typeof reason === 'string' && typeof atMs === 'number';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A crash in the middle of a write; the entry was not committed and came again.
    return undefined;
  }
}
