import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../errors.js';
import type { Log } from '../logging/log.js';
import type { RetentionPolicy, Store } from '../store/contract.js';

export interface RetentionSettings {
  readonly store: Pick<Store, 'prune'>;
  readonly retentionDays: number | undefined;
  readonly maxStoreBytes: number | undefined;
  readonly log: Log;
  /** From one look to the next. @default 60,000 */
  readonly intervalMs?: number;
  /** After a share the store has this long for other work, at least. @default 200 */
  readonly minPauseMs?: number;
}

export interface RetentionStats {
  readonly removedTraces: number;
  readonly removedSpans: number;
  readonly failures: number;
}

export interface Retention {
  stats(): RetentionStats;
  /** Lets the share under way finish. Safe to call twice. */
  stop(): Promise<void>;
}

const DEFAULT_INTERVAL_MS = 60_000;
const DEFAULT_MIN_PAUSE_MS = 200;
/** A share takes the writer's time, so at least four fifths of it stay for what comes in. */
const PAUSE_FACTOR = 4;

const US_PER_DAY = 86_400_000_000;
const US_PER_MS = 1000;

/** Removes what is too old or too much, a share at a time. Does nothing where neither is limited. */
export function startRetention(settings: RetentionSettings): Retention {
  const retention = new RunningRetention(settings);
  if (settings.retentionDays !== undefined || settings.maxStoreBytes !== undefined) retention.start();
  return retention;
}

class RunningRetention implements Retention {
  readonly #settings: RetentionSettings;
  readonly #stop = new AbortController();
  readonly #stats = { removedTraces: 0, removedSpans: 0, failures: 0 };
  #loop: Promise<void> | undefined;
  #isFaulty = false;

  constructor(settings: RetentionSettings) {
    this.#settings = settings;
  }

  start(): void {
    this.#loop = this.#run();
  }

  stats(): RetentionStats {
    return { ...this.#stats };
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { intervalMs = DEFAULT_INTERVAL_MS } = this.#settings;
    while (!this.#stop.signal.aborted) {
      await this.#round();
      await this.#pause(intervalMs);
    }
  }

  /** All that is to go at this moment; one line in the log where something went. */
  async #round(): Promise<void> {
    let traces = 0;
    let spans = 0;
    try {
      for (let hasMore = true; hasMore && !this.#stop.signal.aborted; ) {
        const startedAt = performance.now();
        const share = await this.#settings.store.prune(this.#policy());
        traces += share.removedTraces;
        spans += share.removedSpans;
        this.#stats.removedTraces += share.removedTraces;
        this.#stats.removedSpans += share.removedSpans;
        hasMore = share.hasMore;
        if (hasMore) await this.#pause(this.#pauseAfter(performance.now() - startedAt));
      }
      if (this.#isFaulty) this.#settings.log.info('over: old traces cannot be removed');
      this.#isFaulty = false;
    } catch (error) {
      // The next round tries again; until then the store holds more than it should.
      this.#stats.failures += 1;
      if (!this.#isFaulty) this.#settings.log.warn(`old traces cannot be removed: ${reasonOf(error)}`);
      this.#isFaulty = true;
    }
    if (traces > 0) this.#settings.log.info(`retention removed ${traces} traces with ${spans} spans`);
  }

  #policy(): RetentionPolicy {
    const { retentionDays, maxStoreBytes } = this.#settings;
    return {
      beforeUs: retentionDays === undefined ? undefined : oldestUs(retentionDays),
      maxBytes: maxStoreBytes,
    };
  }

  #pauseAfter(durationMs: number): number {
    const { minPauseMs = DEFAULT_MIN_PAUSE_MS } = this.#settings;
    return Math.max(minPauseMs, durationMs * PAUSE_FACTOR);
  }

  async #pause(durationMs: number): Promise<void> {
    // Rejects as soon as `stop` is called, which is the point; an idle timer must not keep the process alive.
    await delay(durationMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
  }
}

function oldestUs(retentionDays: number): number {
  return Math.max(0, Math.floor(Date.now() * US_PER_MS - retentionDays * US_PER_DAY));
}
