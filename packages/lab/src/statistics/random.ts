/** A source of numbers in [0, 1) that gives the same row for the same seed. */
export type Random = () => number;

/** Mulberry32: small, fast, and good enough to shuffle and to resample. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from 0 up to, not including, `limit`. */
export function randomIndex(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** The same items in a random order (Fisher-Yates); the argument stays as it is. */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomIndex(random, last + 1);
    const item = result[last] as Item;
    result[last] = result[other] as Item;
    result[other] = item;
  }
  return result;
}
