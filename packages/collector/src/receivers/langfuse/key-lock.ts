/** Lets those who want the same things go one after the other, in the order in which they came. */
export class KeyLock {
  /** By key, when the last in line is done. */
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` when nobody else works on any of the keys. */
  async run<T>(keys: Iterable<string>, work: () => Promise<T>): Promise<T> {
    const distinct = new Set(keys);
    const before = [...distinct].map((key) => this.#tails.get(key));
    let finish = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    // Taken for all keys at once, so that no two wait for each other.
    for (const key of distinct) this.#tails.set(key, done);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      finish();
      for (const key of distinct) if (this.#tails.get(key) === done) this.#tails.delete(key);
    }
  }
}
