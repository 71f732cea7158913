import type { BodyResult } from '../body.js';

/** Why a whole request is refused. */
export type RefusalKind =
  | 'wrong_method'
  | 'unsupported_type'
  | 'unsupported_encoding'
  | 'broken'
  | 'too_large'
  | 'timeout'
  | 'aborted'
  | 'unavailable'
  | 'overloaded'
  | 'internal';

export interface Refusal {
  readonly kind: RefusalKind;
  /** For the sender: what is wrong and what to change. */
  readonly message: string;
  readonly retryAfterMs?: number;
}

interface Answer {
  readonly httpStatus: number;
  /** `google.rpc.Code`. */
  readonly rpcCode: number;
}

const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;
const UNAVAILABLE = 14;

/** OTLP senders retry on 429, 502, 503 and 504 alone, so that 503 is for what may heal and nothing else. */
const ANSWERS: Record<RefusalKind, Answer> = {
  wrong_method: { httpStatus: 405, rpcCode: UNIMPLEMENTED },
  unsupported_type: { httpStatus: 415, rpcCode: INVALID_ARGUMENT },
  unsupported_encoding: { httpStatus: 415, rpcCode: INVALID_ARGUMENT },
  broken: { httpStatus: 400, rpcCode: INVALID_ARGUMENT },
  too_large: { httpStatus: 413, rpcCode: RESOURCE_EXHAUSTED },
  timeout: { httpStatus: 408, rpcCode: DEADLINE_EXCEEDED },
  // Nobody reads this one; the number is what access logs use for a client that went away.
  aborted: { httpStatus: 499, rpcCode: 1 },
  unavailable: { httpStatus: 503, rpcCode: UNAVAILABLE },
  // Of this collector's memory, and so for a moment.
  overloaded: { httpStatus: 503, rpcCode: RESOURCE_EXHAUSTED },
  internal: { httpStatus: 500, rpcCode: INTERNAL },
};

/** The HTTP status and the `google.rpc.Code` of a refusal: decided here and nowhere else. */
export function answerOf(kind: RefusalKind): Answer {
  return ANSWERS[kind];
}

const OVERLOAD_RETRY_AFTER_MS = 1000;

/** The refusal that a body which could not be read amounts to. */
export function refusalOfBody(body: Exclude<BodyResult, { kind: 'ok' }>): Refusal {
  switch (body.kind) {
    case 'too_large':
      return {
        kind: 'too_large',
        message: `The body is larger than ${body.limitBytes} bytes ${body.stage === 'received' ? 'as sent' : 'decompressed'}. Send smaller batches.`,
      };
    case 'broken':
      return { kind: 'broken', message: `The body cannot be decompressed: ${body.reason}` };
    case 'timeout':
      return { kind: 'timeout', message: `The body did not arrive within ${body.timeoutMs} ms.` };
    case 'overloaded':
      return {
        kind: 'overloaded',
        message: 'Too many requests are in memory at this moment.',
        retryAfterMs: OVERLOAD_RETRY_AFTER_MS,
      };
    case 'aborted':
      return { kind: 'aborted', message: 'The sender closed the connection.' };
  }
}
