import type { RedisFault, RedisOutcome } from './fault.js';
import { createRetryPace, type RetryPace } from './retry-pace.js';

export interface FaultGateSettings {
  /** Proves that the server takes writes again. */
  readonly probe: () => Promise<RedisOutcome<unknown>>;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
  /** Told when a fault begins, and with `undefined` when it ends. */
  readonly onFault: (reason: string | undefined) => void;
}

/**
 * Refuses everything from the first fault until a probe succeeds, so that a server in trouble is not hammered by
 * every request, and so that readiness returns without traffic.
 */
export class FaultGate {
  readonly #settings: FaultGateSettings;
  readonly #pace: RetryPace;
  #fault: RedisFault | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(settings: FaultGateSettings) {
    this.#settings = settings;
    this.#pace = createRetryPace(settings.firstRetryMs, settings.lastRetryMs);
  }

  /** Why appends are refused, or `undefined`. */
  get fault(): string | undefined {
    return this.#fault?.reason;
  }

  fail(fault: RedisFault): void {
    if (this.#isClosed || this.#fault !== undefined) return;
    this.#fault = fault;
    this.#settings.onFault(fault.detail === fault.reason ? fault.reason : `${fault.reason} (${fault.detail})`);
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#probe(), this.#pace.nextMs());
    this.#timer.unref();
  }

  async #probe(): Promise<void> {
    const outcome = await this.#settings.probe();
    if (this.#isClosed) return;
    if (outcome.kind === 'failed') {
      this.#fault = outcome.fault;
      this.#schedule();
      return;
    }
    this.#fault = undefined;
    this.#settings.onFault(undefined);
  }
}
