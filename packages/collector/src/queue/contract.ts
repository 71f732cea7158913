/**
 * The durable log between receivers and destinations.
 *
 * `append` resolves only after the entry survives a crash of the process and of the machine (group commit).
 * Entries never change. Each destination reads at its own pace with its own place in the log: what it has dealt with.
 * An entry is removed only when every known destination has dealt with it. Any implementation MUST pass
 * `describeQueue` (`queue/suite.ts`).
 *
 * A **private** queue belongs to one collector: ids rise from 1 over its whole life, and entries come in their order.
 * A **shared** queue is read by several collectors, each of which gets a part of the entries of a destination; ids rise
 * within one reader and mean nothing outside it; an entry whose reader died comes again, from another reader.
 */
export interface QueueEntry {
  readonly id: number;
  readonly tenant: string;
  /**
   * `application/x-protobuf`: the payload is an uncompressed `ExportTraceServiceRequest`. `application/json`: scores
   * (`scores/payload.ts`).
   */
  readonly contentType: string;
  readonly payload: Uint8Array;
  /** When it came into the queue, in milliseconds since the epoch, where the queue knows; set by readers alone. */
  readonly appendedAtMs?: number;
}

export type AppendResult =
  /** `id` is 0 in a shared queue. */
  | { readonly kind: 'ok'; readonly id: number }
  /** Nothing was kept; the sender may try again after this time (disk full, queue at its byte limit, closing). */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterMs: number }
  /** Larger than a record can be; it never fits. */
  | { readonly kind: 'too_large'; readonly limitBytes: number };

export interface QueueStats {
  /** The id that the next entry gets; in a shared queue one more than the entries that were appended so far. */
  readonly nextId: number;
  /** Files of a private queue; 0 in a shared one. */
  readonly segments: number;
  readonly bytes: number;
  /** Appends are refused while the queue holds more. */
  readonly maxBytes: number;
  /** Entries behind, by destination. */
  readonly backlog: Readonly<Record<string, number>>;
  /** Records that were damaged and set aside, entries that can never be read included. */
  readonly quarantinedRecords: number;
  /** Entries removed before every destination had them, which happens only where the settings ask for it. */
  readonly evictedEntries: number;
  /** Why appends are refused at this moment; `undefined` while they are taken. */
  readonly fault: string | undefined;
  /** What an operator should know although appends are taken: nearly full, durability weak. */
  readonly warnings: readonly string[];
}

/** An entry that a reader could not give to its destination, and why. */
export interface SetAsideEntry {
  readonly entry: QueueEntry;
  /** Shown to an operator; never holds a secret. */
  readonly reason: string;
}

/** What came of trying an entry that was set aside once more. */
export type RetryOutcome =
  | { readonly kind: 'delivered' }
  /** Kept as these: the entry itself, or what is left of it. */
  | { readonly kind: 'refused'; readonly letters: readonly SetAsideEntry[] }
  /** The destination is away: this entry and all behind it stay as they are. */
  | { readonly kind: 'unavailable' };

export interface SetAsideSummary {
  readonly entries: number;
  readonly bytes: number;
  /** When the oldest was set aside, in milliseconds since the epoch; `undefined` where there is none. */
  readonly oldestMs: number | undefined;
  /** Entries by why they were set aside. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** What a shared queue keeps, for all its collectors, of the entries that a destination could not have. */
export interface SetAside {
  summary(): Promise<SetAsideSummary>;
  /** Tries at most `maxEntries` once more, the oldest first. */
  retry(
    options: { readonly maxEntries: number; readonly signal: AbortSignal },
    attempt: (letter: SetAsideEntry) => Promise<RetryOutcome>,
  ): Promise<{ readonly delivered: number; readonly failed: number }>;
}

export interface Queue {
  readonly isShared: boolean;
  /** From the call on the payload MUST NOT change, also after it resolves: readers may be given these very bytes. */
  append(entry: Omit<QueueEntry, 'id'>): Promise<AppendResult>;
  /**
   * Registers a destination and gives its reader. `afterId` overrides the durable cursor, for a destination that
   * keeps its own (the store may commit the cursor with its rows); a shared queue takes none.
   */
  open(destination: string, afterId?: number): Promise<QueueReader>;
  /** What was set aside of a destination's entries; a queue without it keeps nothing of the kind. */
  setAside?(destination: string): SetAside;
  stats(): QueueStats;
  /** Waits for appends under way, then closes. Safe to call twice. */
  close(): Promise<void>;
}

export interface QueueReader {
  /**
   * The next entries in order, at most `maxBytes` of payload but at least one entry.
   * Waits while there are none, until `signal` aborts or the queue closes (then `[]`).
   *
   * Each call goes on behind the one before, one call at a time. It does not move the durable cursor: a reader that
   * is opened again starts behind that. Rejects when the log cannot be read; the next call tries the same place.
   */
  read(maxBytes: number, signal: AbortSignal): Promise<readonly QueueEntry[]>;
  /**
   * Durably records that everything that this reader gave up to `id` is dealt with. Calls with a lower id than before
   * do nothing. Rejects when that cannot be recorded; a later call covers it.
   */
  commit(id: number): Promise<void>;
}
