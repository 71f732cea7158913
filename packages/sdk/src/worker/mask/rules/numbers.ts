import { beginsWord, CODE, isAlphanumeric, isDigit } from '../characters.js';
import type { Detect } from '../detector.js';
import { mark } from '../rewrite.js';
import { isCardNumber } from './cards.js';
import { isIdNumber } from './ids.js';
import { isPhoneNumber } from './phones.js';

/** More digits than this are none of our numbers. */
const MAX_DIGITS = 20;
const MIN_DIGITS = 9;
const MAX_GROUPS = 8;
const NO_BREAK_SPACE = 0xa0;

/** A number as it stands in a text: groups of digits with one separator between each two. */
export interface GroupedNumber {
  readonly digits: string;
  readonly groupSizes: readonly number[];
  /** What stands between the groups, e.g. `" --"`; `)` for a closed bracket with or without a space. */
  readonly separators: string;
  /** `+` stands before it. */
  readonly hasPlus: boolean;
  /** Some characters that stand before it. */
  readonly before: () => string;
}

/** Whether a number is of the kind that a rule means. */
export type NumberKind = (number: GroupedNumber) => boolean;

/** In this order where several match. */
const KINDS: Readonly<Record<'cards' | 'ids' | 'phones', { label: string; matches: NumberKind }>> = {
  cards: { label: 'card', matches: isCardNumber },
  ids: { label: 'id', matches: isIdNumber },
  phones: { label: 'phone', matches: isPhoneNumber },
};

/** How many characters before a number its meaning is looked for in. */
const CONTEXT_LENGTH = 32;

/** The rules that look at numbers, as one to be asked at a first digit, since most numbers are none of these. */
export function numbers(names: ReadonlySet<string>): Detect {
  const kinds = Object.entries(KINDS)
    .filter(([name]) => names.has(name))
    .map(([, { label, matches }]) => ({ matches, replacement: mark(label) }));
  return (text, at, from) => {
    const start = prefixStart(text, at, from);
    if (!canBegin(text, start)) return undefined;
    const hasPlus = start < at && text.charCodeAt(at - 1) === CODE.PLUS;
    if (!hasEnoughDigits(text, at, hasPlus)) return undefined;
    const prefixes = readPrefixes(text, at, start, hasPlus);
    for (const { matches, replacement } of kinds) {
      // The longest that matches: a number of one kind may begin with a shorter one of the same.
      const found = prefixes.findLast(({ number }) => matches(number));
      if (found !== undefined) return { start, end: found.end, replacement };
    }
    return undefined;
  };
}

/**
 * Whether nine digits follow with no more than separators between them, and without a + in no groups of one: most
 * numbers, and rows of them, end before that.
 */
function hasEnoughDigits(text: string, at: number, hasPlus: boolean): boolean {
  let count = 0;
  let groupStart = at;
  for (let index = at; count < MIN_DIGITS; ) {
    if (isDigit(text.charCodeAt(index))) {
      count++;
      index++;
      continue;
    }
    const length = separatorLength(text, index);
    const isAlone = groupStart > at && index - groupStart === 1 && !hasPlus;
    groupStart = index + length;
    if (length === 0 || isAlone || !isDigit(text.charCodeAt(groupStart))) return false;
    index = groupStart;
  }
  return true;
}

/** With a `+`, and a bracket that closes after the first group. */
function prefixStart(text: string, at: number, from: number): number {
  let start = at;
  if (start > from && text.charCodeAt(start - 1) === CODE.PLUS) start--;
  if (start > from && text.charCodeAt(start - 1) === CODE.OPEN && closesAfterDigits(text, at)) start--;
  return start;
}

function closesAfterDigits(text: string, at: number): boolean {
  return text.charCodeAt(groupEnd(text, at)) === CODE.CLOSE;
}

/** Not inside a word, after a decimal point, or as a later part of an id such as a UUID. */
function canBegin(text: string, start: number): boolean {
  if (!beginsWord(text, start)) return false;
  const before = text.charCodeAt(start - 1);
  const isJoined = before === CODE.DOT || before === CODE.COMMA || before === CODE.HYPHEN;
  const previous = text.charCodeAt(start - 2);
  // After a hyphen a to f, too: what UUIDs are made of.
  const isHexLetter = before === CODE.HYPHEN && previous >= 97 && previous <= 102;
  return !isJoined || !(isDigit(previous) || isHexLetter);
}

interface Prefix {
  readonly number: GroupedNumber;
  readonly end: number;
}

/** The number up to the end of each group at which it could end. */
function readPrefixes(text: string, at: number, start: number, hasPlus: boolean): Prefix[] {
  const before = () => text.slice(Math.max(0, start - CONTEXT_LENGTH), start);
  const found: Prefix[] = [];
  const groupSizes: number[] = [];
  let digits = '';
  let separators = '';
  for (let next = at; groupSizes.length < MAX_GROUPS; ) {
    const end = groupEnd(text, next);
    digits += text.slice(next, end);
    groupSizes.push(end - next);
    if (digits.length > MAX_DIGITS || !(hasPlus || canHaveGroup(digits, groupSizes))) return found;
    if (digits.length >= MIN_DIGITS && canEnd(text, end)) {
      found.push({ number: { digits, groupSizes: [...groupSizes], separators, hasPlus, before }, end });
    }
    const length = separatorLength(text, end);
    next = end + length;
    if (length === 0 || !isDigit(text.charCodeAt(next))) return found;
    separators += separatorBetween(text.slice(end, next));
  }
  return found;
}

/** After a group of digits, or one digit more than a number may have. */
function groupEnd(text: string, at: number): number {
  let end = at;
  while (end - at <= MAX_DIGITS && isDigit(text.charCodeAt(end))) end++;
  return end;
}

/**
 * Whether any number without a `+` has such a group as its last one so far. Rows of numbers are common, and end here.
 */
function canHaveGroup(digits: string, groupSizes: readonly number[]): boolean {
  const [first = 0] = groupSizes;
  if (digits.startsWith('000')) return false;
  if (groupSizes.length > 1) return groupSizes.at(-1) !== 1;
  if (first === 1) return digits === '1';
  if (first === 2) return digits === '84' || digits[0] === '0';
  return first < 5 || first >= MIN_DIGITS || digits[0] === '0';
}

/** Of one separator, or of a bracket with a space on its outer side; 0 for none. */
function separatorLength(text: string, at: number): number {
  const code = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  if (code === CODE.CLOSE) return next === CODE.SPACE || next === CODE.HYPHEN ? 2 : 1;
  if (code === CODE.SPACE && next === CODE.OPEN) return 2;
  return code === CODE.SPACE || code === CODE.HYPHEN || code === CODE.DOT || code === NO_BREAK_SPACE ? 1 : 0;
}

function separatorBetween(separator: string): string {
  if (separator.includes(')')) return ')';
  return separator === '\u00a0' ? ' ' : separator.charAt(0);
}

/** Not inside a word; and an `@` makes it the name in an address. */
function canEnd(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  return !isAlphanumeric(code) && code !== CODE.UNDERSCORE && code !== CODE.AT;
}
