import { type Batch, joinBatches } from './batch.js';

/**
 * Batches that wait to be sent (again), and those in flight: everything that would be lost with the process.
 * Bounded by encoded bytes, those in flight included; over the bound the oldest batches that are not in flight go.
 */
export class RetryBuffer {
  readonly #maxBytes: number;
  readonly #joinBytes: number;
  /** By sequence, the oldest first. */
  readonly #waiting: Batch[] = [];
  readonly #inFlight = new Set<Batch>();
  #bytes = 0;

  /**
   * @param maxBytes bound of all batches together.
   * @param joinBytes small batches that wait are joined up to this, so that a backlog of them is sent in few requests.
   */
  constructor(maxBytes: number, joinBytes: number) {
    this.#maxBytes = maxBytes;
    this.#joinBytes = joinBytes;
  }

  get sizeBytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#inFlight.size === 0;
  }

  get inFlightCount(): number {
    return this.#inFlight.size;
  }

  /** Sequence of the oldest batch that is neither delivered nor dropped. */
  get oldestSequence(): number {
    let oldest = this.#waiting[0]?.sequence ?? Number.POSITIVE_INFINITY;
    for (const batch of this.#inFlight) oldest = Math.min(oldest, batch.sequence);
    return oldest;
  }

  /** Takes a batch in, and returns those that had to go for it. */
  add(batch: Batch): Batch[] {
    this.#bytes += batch.sizeBytes;
    const index = this.#placeOf(batch);
    const before = this.#waiting[index - 1];
    const after = this.#waiting[index];
    // Joined in order only: a batch goes by the sequence of its oldest part, or a flush would be answered too early.
    if (this.#canJoin(before, batch)) this.#waiting[index - 1] = joinBatches(before, batch);
    else if (this.#canJoin(after, batch)) this.#waiting[index] = joinBatches(batch, after);
    else this.#waiting.splice(index, 0, batch);
    return this.#shrink();
  }

  /** The batch to send next, which is in flight from now on: the least tried one, then the oldest. */
  take(): Batch | undefined {
    let best = 0;
    for (let index = 1; index < this.#waiting.length; index++) {
      // A batch that the backend cannot digest must not hold up the others.
      if ((this.#waiting[index]?.attempts ?? 0) < (this.#waiting[best]?.attempts ?? 0)) best = index;
    }
    const [batch] = this.#waiting.splice(best, 1);
    if (batch !== undefined) this.#inFlight.add(batch);
    return batch;
  }

  /** A batch in flight is done with. */
  settle(batch: Batch): void {
    if (this.#inFlight.delete(batch)) this.#bytes -= batch.sizeBytes;
  }

  #canJoin(neighbour: Batch | undefined, batch: Batch): neighbour is Batch {
    if (neighbour === undefined || !neighbour.canGrow || !batch.canGrow) return false;
    return neighbour.sizeBytes + batch.sizeBytes <= this.#joinBytes;
  }

  /** Nearly always the end; a batch that comes back goes to its old place. */
  #placeOf(batch: Batch): number {
    let index = this.#waiting.length;
    while (index > 0 && (this.#waiting[index - 1]?.sequence ?? 0) > batch.sequence) index--;
    return index;
  }

  #shrink(): Batch[] {
    const dropped: Batch[] = [];
    while (this.#bytes > this.#maxBytes) {
      // A batch that is all there is may be larger than the bound: dropping it would never let it through.
      if (this.#waiting.length === 0 || this.#waiting.length + this.#inFlight.size === 1) break;
      const batch = this.#waiting.shift();
      if (batch === undefined) break;
      this.#bytes -= batch.sizeBytes;
      dropped.push(batch);
    }
    return dropped;
  }
}
