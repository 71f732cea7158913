/** How full a queue is, for its warnings and for the log. */
export interface Fullness {
  /** Told of every size that is seen; what it says changes only here. */
  observe(bytes: number): void;
  /** Told of entries that were removed before every destination had them. */
  evicted(entries: number): void;
  readonly evictedEntries: number;
  readonly warnings: readonly string[];
}

export interface FullnessSettings {
  readonly maxBytes: number;
  /** Told in one line when eviction begins, and in one when it is over. */
  readonly onNotice: (line: string) => void;
}

/** Four fifths leave time to act; the gap between the two keeps a queue at the edge from flickering. */
const WARN_SHARE = 0.8;
const CALM_SHARE = 0.75;

export function createFullness({ maxBytes, onNotice }: FullnessSettings): Fullness {
  let isNearlyFull = false;
  let evictedEntries = 0;
  /** How many had gone when the eviction that lasts began. */
  let evictedBefore: number | undefined;
  return {
    observe(bytes) {
      isNearlyFull = bytes >= maxBytes * (isNearlyFull ? CALM_SHARE : WARN_SHARE);
      if (isNearlyFull || evictedBefore === undefined) return;
      onNotice(`the queue has room again; ${evictedEntries - evictedBefore} of its entries were let go undelivered`);
      evictedBefore = undefined;
    },
    evicted(entries) {
      if (evictedBefore === undefined) {
        evictedBefore = evictedEntries;
        onNotice('the queue is full and lets its oldest entries go, delivered or not, as its settings say');
      }
      evictedEntries += entries;
    },
    get evictedEntries() {
      return evictedEntries;
    },
    get warnings() {
      return isNearlyFull ? ['the queue is nearly full: it holds more than four fifths of its limit'] : [];
    },
  };
}
