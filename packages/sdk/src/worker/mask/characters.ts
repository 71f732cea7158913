/** ASCII codes by the name of the character. */
export const CODE = {
  TAB: 9,
  NEWLINE: 10,
  RETURN: 13,
  SPACE: 32,
  QUOTE: 34,
  PERCENT: 37,
  APOSTROPHE: 39,
  OPEN: 40,
  CLOSE: 41,
  PLUS: 43,
  COMMA: 44,
  HYPHEN: 45,
  DOT: 46,
  SLASH: 47,
  ZERO: 48,
  COLON: 58,
  EQUALS: 61,
  GREATER: 62,
  AT: 64,
  OPEN_BRACKET: 91,
  BACKSLASH: 92,
  UNDERSCORE: 95,
  BACKTICK: 96,
  OPEN_BRACE: 123,
} as const;

const LETTER = 1;
const DIGIT = 2;
const HEX_LETTER = 4;
/** `-` and `_`: with letters and digits they make up tokens. */
const JOINER = 8;

/** Kinds by code; past ASCII nothing has one. `charCodeAt` gives NaN past the end of a text, which has none either. */
const KINDS = new Uint8Array(128);
for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') KINDS[letter.charCodeAt(0)] = LETTER;
for (const letter of 'abcdefABCDEF') KINDS[letter.charCodeAt(0)] = LETTER | HEX_LETTER;
for (const digit of '0123456789') KINDS[digit.charCodeAt(0)] = DIGIT;
KINDS[CODE.HYPHEN] = JOINER;
KINDS[CODE.UNDERSCORE] = JOINER;

export function isDigit(code: number): boolean {
  return code >= CODE.ZERO && code <= CODE.ZERO + 9;
}

export function isHexDigit(code: number): boolean {
  return ((KINDS[code] ?? 0) & (DIGIT | HEX_LETTER)) !== 0;
}

export function isAlphanumeric(code: number): boolean {
  return ((KINDS[code] ?? 0) & (LETTER | DIGIT)) !== 0;
}

export function isLetter(code: number): boolean {
  return ((KINDS[code] ?? 0) & LETTER) !== 0;
}

/** Letters, digits, `-`, `_`. */
export function isTokenCode(code: number): boolean {
  return (KINDS[code] ?? 0) !== 0;
}

export function isUpperCase(code: number): boolean {
  return code >= 65 && code <= 90;
}

/** Where the run of token characters that stands at `at` ends. */
export function tokenEnd(text: string, at: number): number {
  let end = at;
  while (isTokenCode(text.charCodeAt(end))) end++;
  return end;
}

/** Whether a letter is what remains of an escape (`\n`) in text that is JSON in part, and so no part of the word after it. */
export function isEscapeLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  // b, f, n, r, t
  const isOne = code === 110 || code === 116 || code === 114 || code === 98 || code === 102;
  return isOne && text.charCodeAt(at - 1) === CODE.BACKSLASH;
}

/** Whether a word can begin at `at`. */
export function beginsWord(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (before === CODE.UNDERSCORE) return false;
  return !isAlphanumeric(before) || isEscapeLetter(text, at - 1);
}

/** Whether a digit is among the next `length` characters. Bounded, so that a caller may ask at each place of a text. */
export function hasDigitWithin(text: string, at: number, length: number): boolean {
  for (let index = at; index < at + length; index++) if (isDigit(text.charCodeAt(index))) return true;
  return false;
}
