/**
 * Whoever reads a ring and delivers what is in it, as the application's thread sees it: a worker, or this thread
 * itself in its pauses. A host never keeps the process alive, except while somebody awaits a flush.
 */
export interface Host {
  /** Whether it goes on while this thread waits, so that the end of the process can wait for it. */
  readonly runsWhileBlocked: boolean;
  /** The ring passed half of its room: look now. */
  wake(): void;
  /** Resolves when all that was handed over before is delivered or dropped, or after `timeoutMs`. Never rejects. */
  flush(timeoutMs: number): Promise<void>;
  /** Says that no more records come; the rest is delivered, and then the host ends. */
  close(): void;
  /**
   * Blocks until nothing is left to deliver, or nothing was acknowledged for `timeoutMs`. At once where it cannot
   * deliver meanwhile. `whileWaiting` is called every few milliseconds.
   */
  waitUntilDrained(timeoutMs: number, whileWaiting: () => void): void;
}
