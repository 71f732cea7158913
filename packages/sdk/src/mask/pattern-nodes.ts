/**
 * Sets of characters as bits: one for each of ASCII, one for all other white space, one for all others, so that two
 * sets which share a character always share a bit.
 */
export type CharacterSet = bigint;

const OTHER_SPACE = 1n << 128n;
const OTHERS = 1n << 129n;
const PAST_ASCII = OTHER_SPACE | OTHERS;
export const ALL: CharacterSet = (OTHERS << 1n) - 1n;

export function setOf(characters: string): CharacterSet {
  let set = 0n;
  for (const character of characters) set |= bitOf(character);
  return set;
}

export function rangeOf(first: number, last: number): CharacterSet {
  let set = last >= 128 ? PAST_ASCII : 0n;
  for (let code = first; code <= Math.min(last, 127); code++) set |= bitOf(String.fromCharCode(code));
  return set;
}

/** What is not in a set. Of the characters past ASCII some always remain, unless all white space was in it. */
export function complementOf(set: CharacterSet, hasAllSpace = false): CharacterSet {
  return (ALL ^ set) | (hasAllSpace ? OTHERS : PAST_ASCII);
}

/** With letters of either case, and those past ASCII that fold to one within. */
export function withBothCases(set: CharacterSet): CharacterSet {
  let folded = set;
  for (let code = 65; code <= 90; code++) {
    const both = setOf(String.fromCharCode(code, code + 32));
    if ((set & both) !== 0n) folded |= both | OTHERS;
  }
  return (set & OTHERS) === 0n ? folded : folded | LETTERS;
}

function bitOf(character: string): CharacterSet {
  const code = character.codePointAt(0) ?? 0;
  if (code < 128) return 1n << BigInt(code);
  return /\s/.test(character) ? OTHER_SPACE : OTHERS;
}

const LETTERS = rangeOf(65, 90) | rangeOf(97, 122);
export const DIGIT = rangeOf(48, 57);
export const WORD = LETTERS | DIGIT | setOf('_');
export const SPACE = setOf(' \t\n\v\f\r\u00a0');
export const LINE_ENDS = setOf('\n\r\u2028');

/** A regular expression as a tree. */
export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  /** `^`, `$`, `\b`: nothing is taken, but it may fail. `guard`: characters after which no match begins. */
  | { readonly kind: 'assertion'; readonly guard: CharacterSet }
  | { readonly kind: 'look'; readonly body: PatternNode; readonly isNegativeBehind: boolean }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly body: PatternNode; readonly min: number; readonly max: number };
