import { rejectedSpansIn } from './rejected-spans.js';
import type { TransportOutcome } from './transport.js';

/** What to do with a batch, by what came of sending it. The only place that decides it. */
export type Verdict =
  /** Acknowledged, but for `rejectedCount` spans that MUST NOT be sent again. */
  | { readonly kind: 'delivered'; readonly rejectedCount: number }
  /**
   * To be sent again as it is, not before `afterMs` from now where the backend said so. `wasSeen` unless the backend
   * surely had nothing of it, so that this batch cannot be to blame.
   */
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly afterMs: number | undefined;
      readonly wasSeen: boolean;
    }
  /** Too large: to be sent again in parts. */
  | { readonly kind: 'split' }
  /** Refused for good, and booked under `drop`. */
  | { readonly kind: 'rejected'; readonly drop: 'rejected' | 'redis_full'; readonly reason: string };

/** OTLP: these alone are to be retried; 500 is not among them. */
const RETRYABLE_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What a Redis says while it starts, fails over, or cannot write for now. */
const RETRYABLE_REFUSALS: ReadonlySet<string> = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'NOREPLICAS',
  'READONLY',
  'TRYAGAIN',
]);

/** A backend that asks for longer is asked again after this. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;

/** @param nowWallMs milliseconds since the epoch, to read a `Retry-After` that is a date. */
export function judge(outcome: TransportOutcome, nowWallMs: number): Verdict {
  if (outcome.kind === 'failed') {
    return { kind: 'retry', reason: outcome.reason, afterMs: undefined, wasSeen: outcome.hadConnection };
  }
  if (outcome.kind === 'replied') return judgeReply(outcome.refusal);
  const { status } = outcome;
  if (status >= 200 && status < 300) return { kind: 'delivered', rejectedCount: rejectedCountOf(outcome) };
  if (status === 413) return { kind: 'split' };
  if (!RETRYABLE_STATUS.has(status)) {
    return { kind: 'rejected', drop: 'rejected', reason: `HTTP ${status}${hintFor(status)}` };
  }
  const afterMs = parseRetryAfter(outcome.retryAfter, nowWallMs);
  return { kind: 'retry', reason: `HTTP ${status}`, afterMs, wasSeen: true };
}

function judgeReply(refusal: string | undefined): Verdict {
  if (refusal === undefined) return { kind: 'delivered', rejectedCount: 0 };
  const reason = `Redis ${refusal}${refusalHintFor(refusal)}`;
  if (RETRYABLE_REFUSALS.has(refusal)) return { kind: 'retry', reason, afterMs: undefined, wasSeen: true };
  return { kind: 'rejected', drop: refusal === 'OOM' ? 'redis_full' : 'rejected', reason };
}

function refusalHintFor(refusal: string): string {
  if (refusal === 'NOAUTH' || refusal === 'WRONGPASS' || refusal === 'NOPERM') return ' (check user and password)';
  if (refusal === 'WRONGTYPE') return ' (the key slipstream:traces holds something else)';
  return refusal === 'MOVED' ? ' (a cluster: give the address of the node that has slipstream:traces)' : '';
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

/** Our own words, never the server's: what a server says may repeat what it was sent. */
function hintFor(status: number): string {
  if (status === 401 || status === 403) return ' (check the keys)';
  if (status === 404 || status === 405) return ' (check the url)';
  return status >= 300 && status < 400 ? ' (the address redirects: give the final one)' : '';
}

type Answer = Extract<TransportOutcome, { kind: 'answered' }>;

/** From `partial_success`, in protobuf or JSON whatever the header says; 0 where there is none to read. */
function rejectedCountOf({ body }: Answer): number {
  if (body.length === 0) return 0;
  try {
    const isJson = body[0] === 0x7b;
    const count = isJson ? rejectedInJson(body) : rejectedSpansIn(body);
    return Math.max(0, Number(count ?? 0)) || 0;
  } catch {
    // Backends answer in many ways ("ok", HTML); a 2xx that says nothing readable has rejected nothing.
    return 0;
  }
}

function rejectedInJson(body: Uint8Array): unknown {
  const response: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
  const partial = (response as { partialSuccess?: { rejectedSpans?: unknown } } | null)?.partialSuccess;
  return partial?.rejectedSpans;
}

export interface BackoffSettings {
  /** Longest wait before the first retry; it doubles with each failure. */
  readonly initialMs: number;
  readonly maxMs: number;
}

/** A collector on the same machine is back within a second of its restart, and asking it costs little. */
export const LOOPBACK_BACKOFF: BackoffSettings = { initialMs: 100, maxMs: 1_000 };

export const REMOTE_BACKOFF: BackoffSettings = { initialMs: 200, maxMs: 30_000 };

/** When the backend may be asked again: exponential with full jitter, and never before it said. */
export class Backoff {
  readonly #settings: BackoffSettings;
  readonly #random: () => number;
  #failures = 0;
  #ownUntilMs = 0;
  #askedUntilMs = 0;

  constructor(settings: BackoffSettings, random: () => number = Math.random) {
    this.#settings = settings;
    this.#random = random;
  }

  /** Whether the last answer was a failure. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  isReady(nowMs: number): boolean {
    return nowMs >= this.#ownUntilMs && nowMs >= this.#askedUntilMs;
  }

  failed(nowMs: number, askedMs: number | undefined): void {
    if (askedMs !== undefined) this.#askedUntilMs = Math.max(this.#askedUntilMs, nowMs + askedMs);
    // Requests that were in flight together fail together: that is one failure.
    if (this.#failures > 0 && nowMs < this.#ownUntilMs) return;
    const ceilingMs = Math.min(this.#settings.maxMs, this.#settings.initialMs * 2 ** Math.min(this.#failures, 20));
    this.#failures++;
    this.#ownUntilMs = nowMs + this.#random() * ceilingMs;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#ownUntilMs = 0;
    this.#askedUntilMs = 0;
  }

  /**
   * Ends our own wait, for a flush. At the end of the process also the one that the backend asked for, and waits
   * begin short again.
   */
  hurry(isLastChance: boolean): void {
    this.#ownUntilMs = 0;
    if (!isLastChance) return;
    this.#askedUntilMs = 0;
    this.#failures = Math.min(this.#failures, 1);
  }
}
