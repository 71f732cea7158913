import { MalformedMessageError } from '../errors.js';
import type { SpanVisitor } from './counts.js';

const MAX_DEPTH = 32;
/** The key as a short string: one byte of type and length, seven of text. */
const SPAN_ID_KEY_BYTES = 8;

/**
 * Walks a Datadog v0.4 payload (an array of traces, each an array of span maps) and visits each span by its
 * `span_id`; everything else is stepped over.
 *
 * @throws MalformedMessageError when it is not such a payload.
 */
export function visitDdSpans(body: Buffer, visit: SpanVisitor): void {
  const cursor: Cursor = { body, at: 0 };
  const traces = readHeader(cursor, 'array');
  for (let trace = 0; trace < traces; trace++) {
    const spans = readHeader(cursor, 'array');
    for (let span = 0; span < spans; span++) visitSpan(cursor, visit);
  }
}

interface Cursor {
  readonly body: Buffer;
  at: number;
}

function visitSpan(cursor: Cursor, visit: SpanVisitor): void {
  const fields = readHeader(cursor, 'map');
  for (let field = 0; field < fields; field++) {
    const keyStart = cursor.at;
    skip(cursor, 0);
    const isSpanId =
      cursor.at - keyStart === SPAN_ID_KEY_BYTES &&
      cursor.body.toString('latin1', keyStart + 1, cursor.at) === 'span_id';
    const valueStart = cursor.at;
    skip(cursor, 0);
    if (isSpanId) visit(cursor.body.toString('latin1', valueStart, cursor.at));
  }
}

function readHeader(cursor: Cursor, kind: 'array' | 'map'): number {
  const byte = readByte(cursor);
  const fix = kind === 'array' ? 0x90 : 0x80;
  const long = kind === 'array' ? 0xdc : 0xde;
  if ((byte & 0xf0) === fix) return byte & 0x0f;
  if (byte === long) return readUnsigned(cursor, 2);
  if (byte === long + 1) return readUnsigned(cursor, 4);
  throw new MalformedMessageError(`msgpack byte ${byte} where a ${kind} was expected`);
}

/** How many bytes follow the first one, for the types of fixed size from 0xc0 to 0xdb. */
const FIXED_SIZES: ReadonlyMap<number, number> = new Map([
  [0xc0, 0],
  [0xc2, 0],
  [0xc3, 0],
  [0xca, 4],
  [0xcb, 8],
  [0xcc, 1],
  [0xcd, 2],
  [0xce, 4],
  [0xcf, 8],
  [0xd0, 1],
  [0xd1, 2],
  [0xd2, 4],
  [0xd3, 8],
  [0xd4, 2],
  [0xd5, 3],
  [0xd6, 5],
  [0xd7, 9],
  [0xd8, 17],
]);

/** How many bytes the length has, for the types that begin with one; `extra` bytes follow it. */
const LENGTH_SIZES: ReadonlyMap<number, { readonly size: number; readonly extra: number }> = new Map([
  [0xc4, { size: 1, extra: 0 }],
  [0xc5, { size: 2, extra: 0 }],
  [0xc6, { size: 4, extra: 0 }],
  [0xc7, { size: 1, extra: 1 }],
  [0xc8, { size: 2, extra: 1 }],
  [0xc9, { size: 4, extra: 1 }],
  [0xd9, { size: 1, extra: 0 }],
  [0xda, { size: 2, extra: 0 }],
  [0xdb, { size: 4, extra: 0 }],
]);

function skip(cursor: Cursor, depth: number): void {
  if (depth > MAX_DEPTH) throw new MalformedMessageError('msgpack nested too deeply');
  const byte = readByte(cursor);
  if (byte <= 0x7f || byte >= 0xe0) return;
  if ((byte & 0xe0) === 0xa0) advance(cursor, byte & 0x1f);
  else if ((byte & 0xf0) === 0x90 || byte === 0xdc || byte === 0xdd) skipItems(cursor, 'array', depth);
  else if ((byte & 0xf0) === 0x80 || byte === 0xde || byte === 0xdf) skipItems(cursor, 'map', depth);
  else {
    const fixed = FIXED_SIZES.get(byte);
    const prefixed = LENGTH_SIZES.get(byte);
    if (fixed !== undefined) advance(cursor, fixed);
    else if (prefixed !== undefined) advance(cursor, readUnsigned(cursor, prefixed.size) + prefixed.extra);
    else throw new MalformedMessageError(`msgpack byte ${byte}`);
  }
}

function skipItems(cursor: Cursor, kind: 'array' | 'map', depth: number): void {
  cursor.at--;
  const count = readHeader(cursor, kind) * (kind === 'map' ? 2 : 1);
  for (let item = 0; item < count; item++) skip(cursor, depth + 1);
}

function readByte(cursor: Cursor): number {
  const byte = cursor.body[cursor.at];
  if (byte === undefined) throw new MalformedMessageError('msgpack past the end');
  cursor.at++;
  return byte;
}

function readUnsigned(cursor: Cursor, size: number): number {
  const start = cursor.at;
  advance(cursor, size);
  return cursor.body.readUIntBE(start, size);
}

function advance(cursor: Cursor, bytes: number): void {
  cursor.at += bytes;
  if (cursor.at > cursor.body.length) throw new MalformedMessageError('msgpack past the end');
}
