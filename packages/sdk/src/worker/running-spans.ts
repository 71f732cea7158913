import type { AssembledSpan } from './span-assembler.js';

/** More hints than this at once help nobody; further ones are left out. */
const MAX_RUNNING = 10_000;

/**
 * Spans that have started and may be shown while they run. They wait as long as a batch does, so that one which ends
 * meanwhile is sent once, complete.
 */
export class RunningSpans {
  readonly #maxAgeMs: number;
  readonly #bySpanId = new Map<string, AssembledSpan>();
  #openedAtMs = 0;

  constructor(maxAgeMs: number) {
    this.#maxAgeMs = maxAgeMs;
  }

  announce(span: AssembledSpan, nowMs: number): void {
    if (this.#bySpanId.size === 0) this.#openedAtMs = nowMs;
    if (this.#bySpanId.size < MAX_RUNNING) this.#bySpanId.set(span.record.spanId, span);
  }

  ended(spanId: string): void {
    this.#bySpanId.delete(spanId);
  }

  isDue(nowMs: number): boolean {
    return this.#bySpanId.size > 0 && nowMs - this.#openedAtMs >= this.#maxAgeMs;
  }

  /** All of them, which are told of no more. */
  take(): AssembledSpan[] {
    const spans = [...this.#bySpanId.values()];
    this.#bySpanId.clear();
    return spans;
  }
}
