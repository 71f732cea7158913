/**
 * The durable log between receivers and destinations.
 *
 * `append` resolves only after the entry survives a crash of the process and of the machine (group commit).
 * Entries get rising ids from 1 and never change. Each destination reads at its own pace with its own cursor:
 * the id of the last entry that it has dealt with. A segment is removed only when every known destination's
 * durable cursor has passed it. Any implementation MUST pass `describeQueue` (`queue/suite.ts`).
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
}

export type AppendResult =
  | { readonly kind: 'ok'; readonly id: number }
  /** Nothing was kept; the sender may try again after this time (disk full, queue at its byte limit, closing). */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterMs: number }
  /** Larger than a record can be; it never fits. */
  | { readonly kind: 'too_large'; readonly limitBytes: number };

export interface QueueStats {
  readonly nextId: number;
  readonly segments: number;
  readonly bytes: number;
  /** Entries behind, by destination. */
  readonly backlog: Readonly<Record<string, number>>;
  readonly quarantinedRecords: number;
  /** Why appends are refused at this moment; `undefined` while they are taken. */
  readonly fault: string | undefined;
}

export interface Queue {
  /** The queue copies or writes the payload before it resolves; the caller may reuse it after that. */
  append(entry: Omit<QueueEntry, 'id'>): Promise<AppendResult>;
  /**
   * Registers a destination and gives its reader. `afterId` overrides the durable cursor, for a destination that
   * keeps its own (the store commits the cursor with its rows).
   */
  open(destination: string, afterId?: number): Promise<QueueReader>;
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
   * is opened again starts behind that. Rejects when the disk cannot be read; the next call tries the same place.
   */
  read(maxBytes: number, signal: AbortSignal): Promise<readonly QueueEntry[]>;
  /**
   * Durably records that everything up to `id` is dealt with. Calls with a lower id than before do nothing.
   * Rejects when the disk refuses; a later call covers it.
   */
  commit(id: number): Promise<void>;
}
