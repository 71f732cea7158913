/**
 * What the worker reads of an OTLP answer. The reader of `@slipstream/wire` is made for spans that come in great
 * number; most of it would be carried along here for one number.
 */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** `ExportTraceServiceResponse.partial_success` and `ExportTracePartialSuccess.rejected_spans`. */
const PARTIAL_SUCCESS = 1;
const REJECTED_SPANS = 1;

/** How many spans an `ExportTraceServiceResponse` says were rejected; 0 where it is none. */
export function rejectedSpansIn(response: Uint8Array): number {
  const partialSuccess = fieldsOf(response).get(PARTIAL_SUCCESS);
  if (typeof partialSuccess !== 'object') return 0;
  const rejected = fieldsOf(partialSuccess).get(REJECTED_SPANS);
  return typeof rejected === 'bigint' ? Number(rejected) : 0;
}

type Field = bigint | Uint8Array;

/** A message's varints and what has a length, by number; none where the bytes are no message. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, Field> {
  const fields = new Map<number, Field>();
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const tag = readVarint(cursor);
    const field = readField(Number(tag) & 7, cursor);
    if (field === undefined || cursor.at > bytes.length) return new Map();
    fields.set(Number(tag) >>> 3, field);
  }
  return fields;
}

interface Cursor {
  readonly bytes: Uint8Array;
  /** Past the end once something did not fit. */
  at: number;
}

/** `undefined` for a wire type that does not exist. */
function readField(wireType: number, cursor: Cursor): Field | undefined {
  if (wireType === VARINT) return readVarint(cursor);
  if (wireType === LENGTH_DELIMITED) return readBytes(Number(readVarint(cursor)), cursor);
  if (wireType === FIXED64) return readBytes(8, cursor);
  return wireType === FIXED32 ? readBytes(4, cursor) : undefined;
}

function readBytes(length: number, cursor: Cursor): Uint8Array {
  const start = cursor.at;
  cursor.at = length < 0 ? Number.POSITIVE_INFINITY : start + length;
  return cursor.bytes.subarray(start, cursor.at);
}

function readVarint(cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(64, value);
  }
  cursor.at = Number.POSITIVE_INFINITY;
  return 0n;
}
