/**
 * Calls in progress that can all be cut at once. Each gets an abort signal of its own: libraries put listeners on the
 * signal that they are given and do not always take them off, which on one signal for the whole process would pile up.
 */
export class OpenCalls {
  readonly #open = new Set<AbortController>();

  /** Runs a call with a signal that fires on `cut`, and after the time where one is given. */
  async run<T>(call: (signal: AbortSignal) => Promise<T>, timeoutMs?: number): Promise<T> {
    const controller = new AbortController();
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => controller.abort(), timeoutMs);
    this.#open.add(controller);
    try {
      return await call(controller.signal);
    } finally {
      this.#open.delete(controller);
      clearTimeout(timer);
    }
  }

  /** Cuts every call in progress. Later ones run as usual. */
  cut(): void {
    for (const controller of this.#open) controller.abort();
  }
}
