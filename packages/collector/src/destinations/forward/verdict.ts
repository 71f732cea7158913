import type { HttpOutcome } from './http-client.js';
import type { ForwardTarget } from './target.js';

/** What to do with a batch, by what came of sending it. The only place that decides it. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly body: Buffer }
  /** To be sent again as it is, not before `afterMs` from now where the backend said so. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs: number | undefined }
  /** The backend does not know us, or is none: to be sent again slowly, until somebody has changed something. */
  | { readonly kind: 'misconfigured'; readonly reason: string }
  /** Too large, or something in it is wrong: its parts may be taken. */
  | { readonly kind: 'divisible'; readonly reason: string }
  /** Never to be sent again. */
  | { readonly kind: 'refused'; readonly reason: string };

/** OTLP: these alone are to be retried; 500 is not among them. */
const RETRYABLE_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const DIVISIBLE_STATUS: ReadonlySet<number> = new Set([400, 413]);

/** Burying a whole stream for a wrong key or address would lose it, so that these wait although OTLP says "never". */
const CREDENTIAL_STATUS: ReadonlySet<number> = new Set([401, 402, 403, 407]);
const ADDRESS_STATUS: ReadonlySet<number> = new Set([404, 405]);

/** A backend that asks for longer is asked again after this. */
export const MAX_RETRY_AFTER_MS = 5 * 60_000;

const MAX_MESSAGE_LENGTH = 200;

/** @param nowWallMs milliseconds since the epoch, to read a `Retry-After` that is a date. */
export function judge(
  outcome: HttpOutcome,
  target: ForwardTarget,
  readMessage: (body: Buffer, contentType: string) => string,
  nowWallMs: number,
): Verdict {
  if (outcome.kind === 'failed') {
    return { kind: 'retry', reason: `${outcome.code}${hintOfCode(outcome.code, target)}`, afterMs: undefined };
  }
  const { status, body, contentType, retryAfter } = outcome;
  if (status >= 200 && status < 300) {
    if (!contentType.startsWith('text/html')) return { kind: 'accepted', body };
    return {
      kind: 'misconfigured',
      reason: `HTTP ${status} with a web page: no endpoint for spans; ${target.addressHint}`,
    };
  }
  if (CREDENTIAL_STATUS.has(status)) {
    return { kind: 'misconfigured', reason: `HTTP ${status}: the backend refuses us; ${target.credentialsHint}` };
  }
  if (ADDRESS_STATUS.has(status)) {
    return { kind: 'misconfigured', reason: `HTTP ${status}: no endpoint for spans; ${target.addressHint}` };
  }
  if (status >= 300 && status < 400) {
    const reason = `HTTP ${status}: the address redirects, which is not followed; give the final one: ${target.addressHint}`;
    return { kind: 'misconfigured', reason };
  }
  if (RETRYABLE_STATUS.has(status)) {
    return { kind: 'retry', reason: `HTTP ${status}`, afterMs: parseRetryAfter(retryAfter, nowWallMs) };
  }
  const message = cleanText(target.redact(readMessage(body, contentType)));
  const reason = message === '' ? `HTTP ${status}` : `HTTP ${status}: ${message}`;
  return { kind: DIVISIBLE_STATUS.has(status) ? 'divisible' : 'refused', reason };
}

/**
 * Milliseconds that a `Retry-After` header asks to wait (seconds, or an HTTP date), at most 5 minutes;
 * `undefined` where there is none or it makes no sense.
 */
export function parseRetryAfter(header: string | undefined, nowWallMs: number): number | undefined {
  const text = header?.trim().slice(0, 100) ?? '';
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDate(text) - nowWallMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS);
}

/** NaN unless it is an HTTP date; `Date.parse` alone would read a year in any number. */
function parseDate(text: string): number {
  return /^[A-Za-z]{3,9},? .*\d{2}:\d{2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
}

/** One short line, without anything that a terminal would act on. */
export function cleanText(text: string): string {
  return text
    .slice(0, 4 * MAX_MESSAGE_LENGTH)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_MESSAGE_LENGTH);
}

function hintOfCode(code: string, { addressHint }: ForwardTarget): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ` (the name of the host cannot be found; ${addressHint})`;
  if (code === 'EPROTO' || /^ERR_SSL/.test(code)) return ` (the other side does not speak TLS; ${addressHint})`;
  if (/CERT|SELF_SIGNED|ISSUER/.test(code)) return ' (its certificate is not trusted; see NODE_EXTRA_CA_CERTS)';
  return '';
}
