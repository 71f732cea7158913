import type { TraceFilter, TraceSummary } from '@slipstream/query-api';
import type { Store } from '../store/contract.js';

/** A browser that listens. */
export interface LiveClient {
  /** Sends one event; `false` where the client takes no more, and is then dropped. */
  send(event: string, data: string): boolean;
  /** Ends the connection. */
  end(): void;
}

export interface LiveStats {
  readonly subscribers: number;
  readonly sentEvents: number;
  /** Clients that were cut off because they read too slowly. */
  readonly slowClients: number;
  /** Clients refused because there were enough. */
  readonly refusedClients: number;
  /** Traces that changed faster than they could be looked up; lists show them all the same. */
  readonly skippedTraces: number;
}

/** Tells listeners of new and changing traces. A hint, not a log: who missed something reads the list. */
export interface LiveHub {
  /** Never blocks and never throws. */
  changed(traceIds: readonly string[]): void;
  /** Adds a client and returns how to remove it, or `undefined` where there are enough. */
  subscribe(filter: TraceFilter, client: LiveClient): (() => void) | undefined;
  stats(): LiveStats;
  /** Ends every client. Safe to call twice. */
  close(): Promise<void>;
}

export interface LiveHubSettings {
  readonly store: Pick<Store, 'summaries'>;
  /** @default 100 */
  readonly maxSubscribers?: number;
  /** Changes of this time are told together. @default 100 */
  readonly coalesceMs?: number;
  /** @default 15,000 */
  readonly pingIntervalMs?: number;
}

const DEFAULT_MAX_SUBSCRIBERS = 100;
const DEFAULT_COALESCE_MS = 100;
const DEFAULT_PING_INTERVAL_MS = 15_000;

/** What one `summaries` call takes. */
const MAX_IDS_PER_CALL = 500;
/** Four calls a filter in one round; past that a reader could not follow the screen anyway. */
const MAX_PENDING_IDS = 2000;

export function createLiveHub(settings: LiveHubSettings): LiveHub {
  return new Hub(settings);
}

interface Subscription {
  readonly filter: TraceFilter;
  readonly client: LiveClient;
}

class Hub implements LiveHub {
  readonly #settings: LiveHubSettings;
  readonly #subscriptions = new Set<Subscription>();
  readonly #counts = { sentEvents: 0, slowClients: 0, refusedClients: 0, skippedTraces: 0 };
  #pendingIds = new Set<string>();
  #flushTimer: NodeJS.Timeout | undefined;
  #pingTimer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #isClosed = false;

  constructor(settings: LiveHubSettings) {
    this.#settings = settings;
  }

  changed(traceIds: readonly string[]): void {
    if (this.#subscriptions.size === 0 || this.#isClosed) return;
    for (const traceId of traceIds) {
      if (this.#pendingIds.size < MAX_PENDING_IDS) this.#pendingIds.add(traceId);
      else if (!this.#pendingIds.has(traceId)) this.#counts.skippedTraces++;
    }
    this.#schedule();
  }

  subscribe(filter: TraceFilter, client: LiveClient): (() => void) | undefined {
    if (this.#isClosed || this.#subscriptions.size >= (this.#settings.maxSubscribers ?? DEFAULT_MAX_SUBSCRIBERS)) {
      this.#counts.refusedClients++;
      return undefined;
    }
    const subscription = { filter, client };
    this.#subscriptions.add(subscription);
    this.#pingTimer ??= setInterval(
      () => this.#ping(),
      this.#settings.pingIntervalMs ?? DEFAULT_PING_INTERVAL_MS,
    ).unref();
    this.#send(subscription, 'hello', '{}');
    return () => this.#remove(subscription);
  }

  stats(): LiveStats {
    return { subscribers: this.#subscriptions.size, ...this.#counts };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#flushTimer);
    for (const subscription of [...this.#subscriptions]) {
      this.#remove(subscription);
      subscription.client.end();
    }
    await this.#flushing;
  }

  #schedule(): void {
    if (this.#flushTimer !== undefined || this.#flushing !== undefined || this.#pendingIds.size === 0) return;
    this.#flushTimer = setTimeout(() => {
      this.#flushTimer = undefined;
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = undefined;
        // What changed meanwhile.
        if (!this.#isClosed) this.#schedule();
      });
    }, this.#settings.coalesceMs ?? DEFAULT_COALESCE_MS).unref();
  }

  async #flush(): Promise<void> {
    const ids = [...this.#pendingIds];
    this.#pendingIds = new Set();
    for (const group of this.#groupsByFilter()) {
      for (let from = 0; from < ids.length; from += MAX_IDS_PER_CALL) {
        await this.#tell(group, ids.slice(from, from + MAX_IDS_PER_CALL));
      }
    }
  }

  /** Tabs that show the same list share one query. */
  #groupsByFilter(): Subscription[][] {
    const groups = new Map<string, Subscription[]>();
    for (const subscription of this.#subscriptions) {
      const key = JSON.stringify(subscription.filter);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [subscription]);
      else group.push(subscription);
    }
    return [...groups.values()];
  }

  async #tell(group: readonly Subscription[], traceIds: readonly string[]): Promise<void> {
    const filter = group[0]?.filter;
    if (filter === undefined || !group.some((subscription) => this.#subscriptions.has(subscription))) return;
    let summaries: readonly TraceSummary[];
    try {
      summaries = await this.#settings.store.summaries(traceIds, filter);
    } catch {
      // The store says in its own metrics and log what is wrong; here it costs a hint.
      this.#counts.skippedTraces += traceIds.length;
      return;
    }
    for (const summary of summaries) {
      const data = JSON.stringify(summary);
      for (const subscription of group) this.#send(subscription, 'trace', data);
    }
  }

  #ping(): void {
    for (const subscription of [...this.#subscriptions]) this.#send(subscription, 'ping', '{}');
  }

  #send(subscription: Subscription, event: string, data: string): void {
    if (!this.#subscriptions.has(subscription)) return;
    if (subscription.client.send(event, data)) {
      this.#counts.sentEvents++;
      return;
    }
    this.#counts.slowClients++;
    this.#remove(subscription);
    subscription.client.end();
  }

  #remove(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
    if (this.#subscriptions.size > 0) return;
    clearInterval(this.#pingTimer);
    this.#pingTimer = undefined;
    this.#pendingIds.clear();
  }
}
