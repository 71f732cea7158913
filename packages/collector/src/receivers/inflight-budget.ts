/** Bytes of request bodies that are in memory at one moment, over all connections. */
export interface InflightBudget {
  /** Begins to count for one request. */
  reserve(): Reservation;
  usedBytes(): number;
}

/** One request's part of the budget. */
export interface Reservation {
  /** Counts more bytes; `false` where the budget is spent (the bytes are then not counted). */
  grow(bytes: number): boolean;
  /** Gives everything back. Safe to call twice. */
  release(): void;
}

/** Each body has its own limit; this one holds when many senders come at once. */
export function createInflightBudget(maxBytes: number): InflightBudget {
  let usedBytes = 0;
  return {
    usedBytes: () => usedBytes,
    reserve() {
      let ownBytes = 0;
      return {
        grow(bytes) {
          if (usedBytes + bytes > maxBytes) return false;
          usedBytes += bytes;
          ownBytes += bytes;
          return true;
        },
        release() {
          usedBytes -= ownBytes;
          ownBytes = 0;
        },
      };
    },
  };
}
