/** An entry of the queue of which something is undecided, or which is behind such a one. */
interface OpenEntry {
  readonly bytes: number;
  /** Traces with something undecided in it. */
  readonly traceIds: Set<string>;
}

/** Which entries of the queue are dealt with, so that the cursor never passes one that is not. */
export class EntryLedger {
  /** In the order of the queue. */
  readonly #open = new Map<number, OpenEntry>();
  #settledId: number | undefined;
  #settledCount = 0;
  #bytes = 0;

  /** What the queue must keep because of an undecided entry. */
  get pinnedBytes(): number {
    return this.#bytes;
  }

  get pinnedEntries(): number {
    return this.#open.size;
  }

  /** The id up to which everything is settled. */
  get settledId(): number | undefined {
    return this.#settledId;
  }

  get settledCount(): number {
    return this.#settledCount;
  }

  add(id: number, bytes: number, traceIds: Set<string>): void {
    this.#open.set(id, { bytes, traceIds });
    this.#bytes += bytes;
    this.#settle();
  }

  /** A trace is decided on, of which something is in these entries. */
  release(traceId: string, entryIds: Iterable<number>): void {
    for (const id of entryIds) this.#open.get(id)?.traceIds.delete(traceId);
    this.#settle();
  }

  /** The traces that hold up the oldest entry. */
  oldestTraceIds(): readonly string[] {
    for (const { traceIds } of this.#open.values()) return [...traceIds];
    return [];
  }

  #settle(): void {
    for (const [id, { bytes, traceIds }] of this.#open) {
      if (traceIds.size > 0) return;
      this.#open.delete(id);
      this.#bytes -= bytes;
      this.#settledId = id;
      this.#settledCount++;
    }
  }
}
