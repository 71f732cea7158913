/** An entry of the queue of which something is undecided, or which is behind such a one. */
interface OpenEntry {
  readonly id: number;
  readonly bytes: number;
  /** Traces with something undecided in it. */
  readonly traceIds: Set<string>;
}

/** So many settled entries are worth moving the others up. */
const MIN_SETTLED_TO_DROP = 1000;

/** Which entries of the queue are dealt with, so that the cursor never passes one that is not. */
export class EntryLedger {
  readonly #open = new Map<number, OpenEntry>();
  /** The same in the order of the queue; those before `#head` are settled. */
  #inOrder: OpenEntry[] = [];
  #head = 0;
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

  /** Notes an entry, which is behind all before it. */
  add(id: number, bytes: number, traceIds: Set<string>): void {
    const entry = { id, bytes, traceIds };
    this.#open.set(id, entry);
    this.#inOrder.push(entry);
    this.#bytes += bytes;
    this.#settle();
  }

  /** A trace is decided on, of which something is in these entries. */
  release(traceId: string, entryIds: Iterable<number>): void {
    for (const id of entryIds) this.#open.get(id)?.traceIds.delete(traceId);
    this.#settle();
  }

  /** One of the traces that hold up the oldest entry. */
  oldestTraceId(): string | undefined {
    return this.#inOrder[this.#head]?.traceIds.values().next().value;
  }

  #settle(): void {
    for (;;) {
      const oldest = this.#inOrder[this.#head];
      if (oldest === undefined || oldest.traceIds.size > 0) break;
      this.#head++;
      this.#open.delete(oldest.id);
      this.#bytes -= oldest.bytes;
      this.#settledId = oldest.id;
      this.#settledCount++;
    }
    if (this.#head < MIN_SETTLED_TO_DROP || this.#head * 2 < this.#inOrder.length) return;
    this.#inOrder = this.#inOrder.slice(this.#head);
    this.#head = 0;
  }
}
