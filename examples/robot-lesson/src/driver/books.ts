import type { CallResult } from './lesson-client.js';

/** What a replay has done so far. */
export interface ReplayBooks {
  /** Webhook calls, which are what the recording holds. */
  readonly sent: number;
  readonly answered: number;
  /** Answered with an error status, faults on purpose included. */
  readonly refused: number;
  readonly failed: number;
  /** Calls that went out later than they should because too many were in progress, or the turn before was. */
  readonly late: number;
  readonly inFlight: number;
  readonly conversations: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Enough for steady percentiles of the recent past. */
const LATENCY_SAMPLE_COUNT = 500;

/** Keeps the books of a replay. */
export class ReplayCounter {
  #sent = 0;
  #answered = 0;
  #refused = 0;
  #failed = 0;
  #late = 0;
  #inFlight = 0;
  #conversations = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  readonly #latenciesMs: number[] = [];

  conversationBegun(): void {
    this.#conversations++;
  }

  callSent(isLate: boolean): void {
    this.#sent++;
    this.#inFlight++;
    if (isLate) this.#late++;
  }

  /** @param latencyMs - since the call should have gone out, so that waiting in the driver counts */
  callEnded(result: CallResult, latencyMs: number): void {
    this.#inFlight--;
    this.#latenciesMs[(this.#answered + this.#refused + this.#failed) % LATENCY_SAMPLE_COUNT] = latencyMs;
    if (result.kind === 'answered') {
      this.#answered++;
      this.#promptTokens += result.promptTokens;
      this.#completionTokens += result.completionTokens;
    } else if (result.kind === 'refused') this.#refused++;
    else this.#failed++;
  }

  books(): ReplayBooks {
    const sorted = [...this.#latenciesMs].sort((left, right) => left - right);
    const quantile = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return {
      sent: this.#sent,
      answered: this.#answered,
      refused: this.#refused,
      failed: this.#failed,
      late: this.#late,
      inFlight: this.#inFlight,
      conversations: this.#conversations,
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
    };
  }
}

/** One line for people. */
export function statusLine(books: ReplayBooks, elapsedMs: number): string {
  const seconds = elapsedMs / 1000;
  const rate = seconds > 0 ? (books.sent / seconds).toFixed(1) : '0';
  return (
    `driver: ${seconds.toFixed(0)} s · ${books.sent} calls (${rate}/s) in ${books.conversations} conversations · ` +
    `${books.answered} answered, ${books.refused} refused, ${books.failed} failed, ${books.inFlight} in flight, ` +
    `${books.late} late · p50 ${(books.p50Ms / 1000).toFixed(2)} s, p95 ${(books.p95Ms / 1000).toFixed(2)} s`
  );
}
