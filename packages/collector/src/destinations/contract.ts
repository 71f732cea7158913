/**
 * Where entries of the queue go. Each destination runs on its own, so that a slow one delays no other.
 */
export interface DestinationStats {
  readonly deliveredEntries: number;
  /** Spans that left, where the destination counts them; the store has its own books. */
  readonly deliveredSpans: number;
  readonly failedAttempts: number;
  readonly deadLetteredEntries: number;
  /** Spans in them, where the destination counts them. */
  readonly deadLetteredSpans: number;
  /** Dead letters that went with an older file when the files were full. */
  readonly lostDeadLetters: number;
  /** Spans that the destination answered with a partial success for, or refused one by one. */
  readonly rejectedSpans: number;
  /** Spans that tail sampling left out. */
  readonly sampledOutSpans: number;
  /** The fault that deliveries meet at this moment; `undefined` while they succeed. Never holds a secret. */
  readonly fault: string | undefined;
}

/** What a destination could not deliver and keeps in a file. */
export interface DeadLetterSummary {
  readonly entries: number;
  readonly bytes: number;
  /** When the oldest was buried, in milliseconds since the epoch; `undefined` where there is none. */
  readonly oldestMs: number | undefined;
  /** Entries by why they could not be delivered; at most 20 reasons. */
  readonly reasons: Readonly<Record<string, number>>;
}

export interface ReplayResult {
  readonly delivered: number;
  /** Refused again, and kept. */
  readonly failed: number;
  readonly remaining: number;
}

export interface Destination {
  readonly name: string;
  /** Begins to read. Resolves when the loop runs; MUST NOT reject for a fault that a retry can heal. */
  start(): Promise<void>;
  /**
   * Delivers what the queue holds at this moment, then stops; or stops when `deadlineMs` have passed, and what is left
   * waits in the queue for the next start. Safe to call twice and before `start`.
   */
  stop(deadlineMs: number): Promise<void>;
  stats(): DestinationStats;
  deadLetters(): Promise<DeadLetterSummary>;
  /**
   * Tries dead letters once more, oldest first, beside the loop; what is delivered leaves the file, and a crash in
   * between at worst delivers an entry twice. One replay at a time: a second call waits for the first.
   */
  replay(options: { readonly maxEntries: number; readonly signal: AbortSignal }): Promise<ReplayResult>;
}
