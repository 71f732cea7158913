import type { Log } from './log.js';

/** A backend that comes and goes is told of this often at most. */
const MIN_INTERVAL_MS = 30_000;

/** One line when the backend cannot be reached, and one when it can again. */
export class ReachabilityLog {
  readonly #log: Log;
  readonly #origin: string;
  #failingSinceMs: number | undefined;
  #lastLineMs = Number.NEGATIVE_INFINITY;

  /** @param origin of the backend, without credentials. */
  constructor(log: Log, origin: string) {
    this.#log = log;
    this.#origin = origin;
  }

  failed(reason: string, nowMs: number): void {
    if (this.#failingSinceMs !== undefined || nowMs - this.#lastLineMs < MIN_INTERVAL_MS) return;
    this.#failingSinceMs = nowMs;
    this.#lastLineMs = nowMs;
    this.#log(`${this.#origin} does not take spans (${reason}); they wait in memory and are sent again`);
  }

  succeeded(nowMs: number): void {
    if (this.#failingSinceMs === undefined) return;
    const seconds = ((nowMs - this.#failingSinceMs) / 1000).toFixed(1);
    this.#failingSinceMs = undefined;
    this.#log(`${this.#origin} takes spans again after ${seconds} s`);
  }
}
