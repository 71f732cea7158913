import type { TraceState } from './trace-state.js';

export interface TraceCacheLimits {
  readonly maxTraces: number;
  /** Over all traces; one span takes some 100 bytes. */
  readonly maxSpans: number;
}

interface Entry {
  readonly trace: TraceState;
  readonly spanCount: number;
}

/** Traces heard of lately, the least recently touched first. What is dropped is made again from the database. */
export class TraceCache {
  readonly #limits: TraceCacheLimits;
  readonly #entries = new Map<string, Entry>();
  #spanCount = 0;

  constructor(limits: TraceCacheLimits) {
    this.#limits = limits;
  }

  get(traceId: string): TraceState | undefined {
    return this.#entries.get(traceId)?.trace;
  }

  /** Puts the traces of a committed batch at the recent end and drops what is over the limits at the other. */
  keep(traces: Iterable<TraceState>): void {
    for (const trace of traces) {
      this.#drop(trace.traceId);
      this.#entries.set(trace.traceId, { trace, spanCount: trace.trackedSpanCount });
      this.#spanCount += trace.trackedSpanCount;
    }
    for (const traceId of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.maxTraces && this.#spanCount <= this.#limits.maxSpans) break;
      this.#drop(traceId);
    }
  }

  delete(traceId: string): void {
    this.#drop(traceId);
  }

  clear(): void {
    this.#entries.clear();
    this.#spanCount = 0;
  }

  *[Symbol.iterator](): IterableIterator<TraceState> {
    for (const { trace } of this.#entries.values()) yield trace;
  }

  #drop(traceId: string): void {
    const entry = this.#entries.get(traceId);
    if (!entry) return;
    this.#entries.delete(traceId);
    this.#spanCount -= entry.spanCount;
  }
}
