/** What was decided on traces, so that a span that comes late follows; the oldest are forgotten. */
export class Decisions {
  readonly #kept = new Map<string, boolean>();
  readonly #maxCount: number;

  constructor(maxCount: number) {
    this.#maxCount = maxCount;
  }

  /** Whether the trace is kept; `undefined` where nothing was decided, or it is forgotten. */
  get(traceId: string): boolean | undefined {
    return this.#kept.get(traceId);
  }

  set(traceId: string, isKept: boolean): void {
    this.#kept.delete(traceId);
    this.#kept.set(traceId, isKept);
    if (this.#kept.size <= this.#maxCount) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }
}
