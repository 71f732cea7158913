/** One look at the queue: entries with a lower id were there by then. */
interface Sighting {
  readonly nextId: number;
  readonly atMs: number;
}

/** Enough for a sixteenth of the age that counts. */
const SIGHTINGS = 32;

/**
 * Since when entries wait. The queue does not say, so this looks at how far it has come every now and then, and an
 * entry counts as old as the first look that knew of it. Times are those of `performance.now()`; they begin anew with
 * the process, so of what was there before, the queue's own time counts.
 */
export class EntryAges {
  readonly #intervalMs: number;
  /** The oldest first. */
  readonly #sightings: Sighting[] = [];

  constructor(maxAgeMs: number) {
    this.#intervalMs = maxAgeMs / (SIGHTINGS / 2);
  }

  /** To be called often while entries wait. */
  note(nextId: number, nowMs: number): void {
    const last = this.#sightings.at(-1);
    if (last !== undefined && (nowMs - last.atMs < this.#intervalMs || last.nextId === nextId)) return;
    this.#sightings.push({ nextId, atMs: nowMs });
    if (this.#sightings.length > SIGHTINGS) this.#sightings.shift();
  }

  bornAtMs(entryId: number, nowMs: number): number {
    return this.#sightings.find(({ nextId }) => entryId < nextId)?.atMs ?? nowMs;
  }
}
