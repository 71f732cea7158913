/** Why Redis did not do what it was asked. Holds codes only: what Redis or the system says may repeat secrets. */
export interface RedisFault {
  /** Stable, for senders, `/ready` and tests: `redis_unreachable`, `redis_timeout`, `redis_full`, `redis_readonly`, … */
  readonly reason: string;
  /** The system's code or the first word of Redis' answer, for the log. */
  readonly detail: string;
  /** The first word of Redis' answer, where it answered. */
  readonly refusal: string | undefined;
}

export type RedisOutcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'failed'; readonly fault: RedisFault };

export const CLOSED_FAULT: RedisFault = { reason: 'closing', detail: 'closing', refusal: undefined };
export const TIMEOUT_FAULT: RedisFault = { reason: 'redis_timeout', detail: 'ETIMEDOUT', refusal: undefined };

/** Sorts an error of the client. */
export function toFault(error: unknown): RedisFault {
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown };
  const text = typeof message === 'string' ? message : '';
  if (name === 'ReplyError') {
    const refusal = /^[A-Z]+/.exec(text)?.[0] ?? 'ERR';
    return { reason: refusal === 'OOM' ? 'redis_full' : `redis_${refusal.toLowerCase()}`, detail: refusal, refusal };
  }
  const detail = typeof code === 'string' ? code : 'ECLOSED';
  return { reason: 'redis_unreachable', detail, refusal: undefined };
}
