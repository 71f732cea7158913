import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../../errors.js';
import type { DestinationStats } from '../contract.js';
import type { DeadLetter, DeadLetters } from '../dead-letters.js';
import { createBackoff } from './backoff.js';

export interface DeliveryStateSettings {
  readonly deadLetters: DeadLetters;
  /** Told when deliveries begin to fail, and with `undefined` when they succeed again. */
  readonly onFault: (reason: string | undefined) => void;
}

type Counts = {
  -readonly [Name in Exclude<keyof DestinationStats, 'fault' | 'lostDeadLetters'>]: DestinationStats[Name];
};

/** Retries while the collector closes are quick, since the deadline is short, but no tight loop. */
const CLOSING_PAUSE_MS = 20;

const FIRST_BURIAL_RETRY_MS = 100;
const LAST_BURIAL_RETRY_MS = 5000;

/** A fault that goes on in other words, or comes and goes, is told of no more often than this. */
const FAULT_LINE_INTERVAL_MS = 60_000;

/** What one destination counts, whether it works at this moment, and whether it is to stop. */
export class DeliveryState {
  readonly counts: Counts = {
    deliveredEntries: 0,
    deliveredSpans: 0,
    failedAttempts: 0,
    deadLetteredEntries: 0,
    deadLetteredSpans: 0,
    rejectedSpans: 0,
    sampledOutSpans: 0,
  };
  readonly #settings: DeliveryStateSettings;
  readonly #stopping = new AbortController();
  readonly #abandoned = new AbortController();
  #fault: string | undefined;
  /** The fault that was told of and is not over. */
  #toldFault: string | undefined;
  #lastToldFault: string | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(settings: DeliveryStateSettings) {
    this.#settings = settings;
  }

  /** Aborts when `stop` is called: what the queue holds is still to be delivered, and no more is waited for. */
  get stopSignal(): AbortSignal {
    return this.#stopping.signal;
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Aborts when the deadline of `stop` has passed: what is not delivered waits in the queue for the next start. */
  get abandonSignal(): AbortSignal {
    return this.#abandoned.signal;
  }

  get isAbandoned(): boolean {
    return this.#abandoned.signal.aborted;
  }

  get isFaulty(): boolean {
    return this.#fault !== undefined;
  }

  stats(): DestinationStats {
    return { ...this.counts, lostDeadLetters: this.#settings.deadLetters.lostCount(), fault: this.#fault };
  }

  beginToStop(): void {
    this.#stopping.abort();
  }

  abandon(): void {
    this.#stopping.abort();
    this.#abandoned.abort();
  }

  fail(error: unknown): void {
    this.counts.failedAttempts++;
    this.#fault = reasonOf(error);
    if (this.#fault === this.#toldFault) return;
    const isGoingOn = this.#toldFault !== undefined || this.#fault === this.#lastToldFault;
    if (isGoingOn && performance.now() - this.#toldAt < FAULT_LINE_INTERVAL_MS) return;
    this.#toldFault = this.#fault;
    this.#lastToldFault = this.#fault;
    this.#toldAt = performance.now();
    this.#settings.onFault(this.#fault);
  }

  succeed(): void {
    this.#fault = undefined;
    if (this.#toldFault === undefined) return;
    this.#toldFault = undefined;
    this.#settings.onFault(undefined);
  }

  /** Waits, or only a little once `stop` was called. */
  async pause(durationMs: number): Promise<void> {
    // Rejects as soon as `stop` is called, which is the point.
    await delay(durationMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    if (this.isStopping && !this.isAbandoned) await delay(Math.min(durationMs, CLOSING_PAUSE_MS));
  }

  /**
   * Resolves with `true` when the letters are durable, and tries until they are: the cursor must not pass what is
   * kept nowhere. `false` where delivery was abandoned before that.
   *
   * @param spans how many spans are in them, for the books
   */
  async bury(letters: readonly DeadLetter[], spans = 0): Promise<boolean> {
    const backoff = createBackoff(FIRST_BURIAL_RETRY_MS, LAST_BURIAL_RETRY_MS);
    let hasFailed = false;
    while (!this.isAbandoned) {
      try {
        await this.#settings.deadLetters.add(letters);
        this.counts.deadLetteredEntries += letters.length;
        this.counts.deadLetteredSpans += spans;
        if (hasFailed) this.succeed();
        return true;
      } catch (error) {
        hasFailed = true;
        this.fail(`dead letters cannot be written: ${reasonOf(error)}`);
        await this.pause(backoff.nextMs());
      }
    }
    return false;
  }
}
