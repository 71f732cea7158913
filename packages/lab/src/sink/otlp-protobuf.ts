import { MalformedMessageError } from '../errors.js';
import type { SpanVisitor } from './counts.js';

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** ExportTraceServiceRequest.resource_spans = 1, ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2. */
const PATH_TO_SPANS = [1, 2, 2];
/** Span.span_id = 2. */
const SPAN_ID_FIELD = 2;

/**
 * Walks an OTLP `ExportTraceServiceRequest` down to its spans and no further: values are stepped over, not decoded.
 *
 * @throws MalformedMessageError when a field runs past the end of its message.
 */
export function visitOtlpProtobufSpans(body: Buffer, visit: SpanVisitor): void {
  walk(body, 0, body.length, 0, visit);
}

function walk(body: Buffer, start: number, end: number, depth: number, visit: SpanVisitor): void {
  const wanted = PATH_TO_SPANS[depth] ?? SPAN_ID_FIELD;
  const isSpan = depth === PATH_TO_SPANS.length;
  const cursor = { body, at: start, end };
  while (cursor.at < end) {
    const tag = readVarint(cursor);
    const field = Math.floor(tag / 8);
    const fieldEnd = endOfField(cursor, tag % 8);
    if (field === wanted && tag % 8 === LENGTH_DELIMITED) {
      if (isSpan) {
        visit(body.toString('latin1', cursor.at, fieldEnd));
        return;
      }
      walk(body, cursor.at, fieldEnd, depth + 1, visit);
    }
    cursor.at = fieldEnd;
  }
}

interface Cursor {
  readonly body: Buffer;
  readonly end: number;
  at: number;
}

/** Moves to the field's content and returns where that ends. */
function endOfField(cursor: Cursor, wireType: number): number {
  let fieldEnd: number;
  if (wireType === VARINT) {
    readVarint(cursor);
    fieldEnd = cursor.at;
  } else if (wireType === FIXED_64) fieldEnd = cursor.at + 8;
  else if (wireType === FIXED_32) fieldEnd = cursor.at + 4;
  else if (wireType === LENGTH_DELIMITED) {
    const length = readVarint(cursor);
    fieldEnd = cursor.at + length;
  } else throw new MalformedMessageError(`protobuf wire type ${wireType}`);
  if (fieldEnd > cursor.end) throw new MalformedMessageError('protobuf field past the end of its message');
  return fieldEnd;
}

function readVarint(cursor: Cursor): number {
  let value = 0;
  let scale = 1;
  for (let bytes = 0; bytes < 10; bytes++) {
    const byte = cursor.at < cursor.end ? cursor.body[cursor.at++] : undefined;
    if (byte === undefined) throw new MalformedMessageError('protobuf varint past the end');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 128;
  }
  throw new MalformedMessageError('protobuf varint of more than 10 bytes');
}
