import { createHash } from 'node:crypto';

/** A longer id is kept as its hash. */
const MAX_KEPT_LENGTH = 64;

/** Events that were made durable of late, by id: a library that missed an answer sends its whole batch again. */
export class SeenEvents {
  readonly #maxCount: number;
  /** The older half goes when the newer is full. */
  #older = new Set<string>();
  #newer = new Set<string>();

  constructor(maxCount: number) {
    this.#maxCount = maxCount;
  }

  has(id: string): boolean {
    const key = keyOf(id);
    return this.#newer.has(key) || this.#older.has(key);
  }

  add(id: string): void {
    this.#newer.add(keyOf(id));
    if (this.#newer.size < this.#maxCount / 2) return;
    this.#older = this.#newer;
    this.#newer = new Set();
  }
}

function keyOf(id: string): string {
  return id.length <= MAX_KEPT_LENGTH ? id : createHash('sha256').update(id).digest('base64');
}
