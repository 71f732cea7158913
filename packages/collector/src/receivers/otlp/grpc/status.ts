import type { OutgoingHttpHeaders } from 'node:http2';
import { ProtobufWriter } from '@slipstream/wire';
import { answerOf, type Refusal } from '../refusal.js';

/** `google.rpc.Code`, those that this server answers with. */
export const GRPC_CODE = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** How a call ends that has no answer. */
export interface GrpcStatus {
  readonly code: number;
  readonly message: string;
  /** Present where the same call may succeed later; senders repeat `RESOURCE_EXHAUSTED` only then. */
  readonly retryAfterMs?: number | undefined;
}

/** Headers are bounded on the other side, often at 8 KiB in all. */
const MAX_MESSAGE_LENGTH = 1000;

/** The status of a refusal that every receiver can meet. */
export function statusOfRefusal(refusal: Refusal): GrpcStatus {
  return {
    code: answerOf(refusal.kind).rpcCode,
    message: refusal.message,
    ...(refusal.retryAfterMs === undefined ? {} : { retryAfterMs: refusal.retryAfterMs }),
  };
}

/** A status as the trailers of a call. */
export function statusTrailers({ code, message, retryAfterMs }: GrpcStatus): OutgoingHttpHeaders {
  const shown = message.slice(0, MAX_MESSAGE_LENGTH);
  return {
    'grpc-status': code,
    ...(shown === '' ? {} : { 'grpc-message': percentEncode(shown) }),
    ...(retryAfterMs === undefined
      ? {}
      : { 'grpc-status-details-bin': encodeDetails(code, shown, retryAfterMs).toString('base64') }),
  };
}

/** What is not printable ASCII, and `%` itself, as `%` and two digits for each byte of UTF-8. */
function percentEncode(text: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

const RETRY_INFO_TYPE = 'type.googleapis.com/google.rpc.RetryInfo';
const MS_PER_SECOND = 1000;
const NS_PER_MS = 1_000_000;

/** Tags of `google.rpc.Status`, of the `google.protobuf.Any` in it, of `RetryInfo` and of its `Duration`. */
const STATUS_CODE = (1 << 3) | 0;
const STATUS_MESSAGE = (2 << 3) | 2;
const STATUS_DETAILS = (3 << 3) | 2;
const ANY_TYPE_URL = (1 << 3) | 2;
const ANY_VALUE = (2 << 3) | 2;
const RETRY_DELAY = (1 << 3) | 2;
const DURATION_SECONDS = (1 << 3) | 0;
const DURATION_NANOS = (2 << 3) | 0;

/**
 * A `google.rpc.Status` with a `RetryInfo`.
 *
 * | message   | no. | field       | wire type        | omitted    |
 * |-----------|-----|-------------|------------------|------------|
 * | Status    | 1   | code        | varint           | never      |
 * | Status    | 2   | message     | length-delimited | when empty |
 * | Status    | 3   | details     | length-delimited | never      |
 * | Any       | 1   | type_url    | length-delimited | never      |
 * | Any       | 2   | value       | length-delimited | never      |
 * | RetryInfo | 1   | retry_delay | length-delimited | never      |
 * | Duration  | 1   | seconds     | varint           | when 0     |
 * | Duration  | 2   | nanos       | varint           | when 0     |
 */
function encodeDetails(code: number, message: string, retryAfterMs: number): Buffer {
  const writer = new ProtobufWriter();
  writer.varintField(STATUS_CODE, code);
  if (message !== '') writer.stringField(STATUS_MESSAGE, message);
  writer.beginMessage(STATUS_DETAILS);
  writer.stringField(ANY_TYPE_URL, RETRY_INFO_TYPE);
  writer.beginMessage(ANY_VALUE);
  writer.beginMessage(RETRY_DELAY);
  const seconds = Math.floor(retryAfterMs / MS_PER_SECOND);
  const nanos = Math.round((retryAfterMs % MS_PER_SECOND) * NS_PER_MS);
  if (seconds > 0) writer.varintField(DURATION_SECONDS, seconds);
  if (nanos > 0) writer.varintField(DURATION_NANOS, nanos);
  writer.endMessage();
  writer.endMessage();
  writer.endMessage();
  return Buffer.from(writer.toBytes());
}
