import type { FoldedTrace } from './folded-trace.js';

/** Folded traces, those used last first to stay; bounded by their spans. */
export class TraceCache {
  readonly #maxSpans: number;
  readonly #traces = new Map<string, FoldedTrace>();
  #spans = 0;

  constructor(maxSpans: number) {
    this.#maxSpans = maxSpans;
  }

  /** Takes it out: what is in use may change, and comes back with {@link keep}. */
  take(traceId: string): FoldedTrace | undefined {
    const trace = this.#traces.get(traceId);
    if (!trace) return undefined;
    this.#traces.delete(traceId);
    this.#spans -= trace.spanCount;
    return trace;
  }

  keep(trace: FoldedTrace): void {
    this.take(trace.traceId);
    this.#traces.set(trace.traceId, trace);
    this.#spans += trace.spanCount;
    for (const oldest of this.#traces.keys()) {
      if (this.#spans <= this.#maxSpans) return;
      this.take(oldest);
    }
  }

  clear(): void {
    this.#traces.clear();
    this.#spans = 0;
  }
}
