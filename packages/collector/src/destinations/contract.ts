/**
 * Where entries of the queue go. Each destination runs on its own, so that a slow one delays no other.
 */
export interface DestinationStats {
  readonly deliveredEntries: number;
  readonly failedAttempts: number;
  readonly deadLetteredEntries: number;
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
}
