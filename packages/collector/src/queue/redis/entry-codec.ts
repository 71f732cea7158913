/**
 * Entries of the stream `slipstream:traces`, as collectors write and read them and as SDKs append them themselves.
 * Every value is bytes; the README beside this file has the contract in full.
 *
 * | field | holds |
 * |---|---|
 * | `v` | `1`; a reader sets any other version aside |
 * | `p` | the project, up to 255 bytes |
 * | `e` | `otlp+gzip`, `scores+json+gzip`, or `raw+gzip` |
 * | `c` | with `raw+gzip` only: the content type |
 * | `d` | the payload in gzip |
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { QueueEntry } from '../contract.js';
import { type EntryContent, MAX_LABEL_BYTES } from '../record.js';

const VERSION = '1';
const OTLP_ENCODING = 'otlp+gzip';
const SCORES_ENCODING = 'scores+json+gzip';
const RAW_ENCODING = 'raw+gzip';
const OTLP_TYPE = 'application/x-protobuf';
const SCORES_TYPE = 'application/json';

/** Text of traces becomes a fifth of its size; higher levels take twice the time for little more. */
const GZIP_LEVEL = 1;

const pack = promisify<Uint8Array, { level: number }, Buffer>(gzip);
const unpack = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);

export type DecodedEntry =
  | { readonly kind: 'entry'; readonly content: Omit<QueueEntry, 'id'> }
  /** It can never be read; `reason` says why, in our words. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Names and values for `XADD`, and how many bytes they are. */
export async function encodeEntry(
  entry: EntryContent,
): Promise<{ readonly fields: readonly (string | Buffer)[]; readonly bytes: number }> {
  const packed = await pack(entry.payload, { level: GZIP_LEVEL });
  const encoding = encodingOf(entry.contentType);
  const fields = ['v', VERSION, 'p', entry.tenant, 'e', encoding];
  if (encoding === RAW_ENCODING) fields.push('c', entry.contentType);
  const labelBytes = fields.reduce((sum, field) => sum + Buffer.byteLength(field), 0);
  return { fields: [...fields, 'd', packed], bytes: labelBytes + packed.byteLength };
}

/** Reads the names and values of an entry; at most `maxBytes` come out of its payload. */
export async function decodeEntry(fields: readonly Buffer[], maxBytes: number): Promise<DecodedEntry> {
  const values = new Map<string, Buffer>();
  for (let at = 0; at + 1 < fields.length; at += 2) values.set(String(fields[at]), fields[at + 1] ?? Buffer.alloc(0));
  if (String(values.get('v')) !== VERSION) return unreadable('its version is not known');
  const contentType = contentTypeOf(values);
  if (contentType === undefined) return unreadable('its encoding is not known');
  const project = values.get('p');
  if (project === undefined || project.byteLength > MAX_LABEL_BYTES) return unreadable('it names no project');
  const packed = values.get('d');
  if (packed === undefined) return unreadable('it has no payload');
  try {
    const payload = await unpack(packed, { maxOutputLength: maxBytes });
    return { kind: 'entry', content: { tenant: project.toString('utf8'), contentType, payload } };
  } catch (error) {
    const isTooLarge = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    return unreadable(isTooLarge ? 'its payload is too large' : 'its payload is no gzip');
  }
}

/** How many bytes of an entry came over the wire. */
export function packedBytes(fields: readonly Buffer[]): number {
  return fields.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function encodingOf(contentType: string): string {
  if (contentType === OTLP_TYPE) return OTLP_ENCODING;
  return contentType === SCORES_TYPE ? SCORES_ENCODING : RAW_ENCODING;
}

function contentTypeOf(values: ReadonlyMap<string, Buffer>): string | undefined {
  const encoding = String(values.get('e'));
  if (encoding === OTLP_ENCODING) return OTLP_TYPE;
  if (encoding === SCORES_ENCODING) return SCORES_TYPE;
  const contentType = values.get('c');
  if (encoding !== RAW_ENCODING || contentType === undefined || contentType.byteLength > MAX_LABEL_BYTES) {
    return undefined;
  }
  return contentType.toString('utf8');
}

function unreadable(reason: string): DecodedEntry {
  return { kind: 'unreadable', reason };
}
