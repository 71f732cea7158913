/** A reproducible stream of numbers; equal seeds give equal streams on every machine. */
export interface SeededRandom {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One element; the list must not be empty. */
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T;
  /** `digits` lower-case hex digits, never all zero. */
  hex(digits: number): string;
  /** An independent stream that depends on this seed and the label, not on what was drawn before. */
  fork(label: string): SeededRandom;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over UTF-16 units: spreads short labels well and needs no dependency. */
export function hashText(text: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return hash >>> 0;
}

/**
 * @param seed - a number, or any text (hashed).
 */
export function createRandom(seed: number | string): SeededRandom {
  const label = String(seed);
  let state = hashText(label);

  // mulberry32: 32 bits of state, passes the small statistical suites, one multiplication pair a draw.
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));

  function hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += integer(0, 15).toString(16);
    return /^0+$/.test(text) ? `${text.slice(1)}1` : text;
  }

  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]): T => items[integer(0, items.length - 1)] as T,
    hex,
    fork: (childLabel) => createRandom(`${label}/${childLabel}`),
  };
}
