import { createHash } from 'node:crypto';

/** A longer name is kept as its hash; that of an event with a UUID is shorter. */
const MAX_KEPT_LENGTH = 100;

/** Events that were made durable of late, by name: a library that missed an answer sends its whole batch again. */
export class SeenEvents {
  readonly #maxCount: number;
  /** The older half goes when the newer is full. */
  #older = new Set<string>();
  #newer = new Set<string>();

  constructor(maxCount: number) {
    this.#maxCount = maxCount;
  }

  has(name: string): boolean {
    const key = keyOf(name);
    return this.#newer.has(key) || this.#older.has(key);
  }

  add(name: string): void {
    this.#newer.add(keyOf(name));
    if (this.#newer.size < this.#maxCount / 2) return;
    this.#older = this.#newer;
    this.#newer = new Set();
  }
}

function keyOf(name: string): string {
  return name.length <= MAX_KEPT_LENGTH ? name : createHash('sha256').update(name).digest('base64');
}
