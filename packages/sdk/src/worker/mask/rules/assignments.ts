import { CODE, isAlphanumeric, isDigit, isTokenCode } from '../characters.js';
import type { Detector, Match } from '../detector.js';
import { type KeyRules, type KeyVerdict, MAX_KEY_LENGTH } from '../keys.js';

/** Spaces between key, separator and value. */
const MAX_SPACES = 4;

/** What stands after a key in code and in descriptions of data, and is no value. */
const PLAIN_WORDS =
  /^(?:string|str|text|number|int|integer|float|boolean|bool|any|object|array|null|none|nil|undefined|true|false|optional|required)$/i;

/** A key whose value is replaced. */
interface SecretKey {
  readonly verdict: KeyVerdict;
  /** The quote after the key, with the backslashes that escape it; `''` for a bare key. */
  readonly quote: string;
}

/**
 * Values by their key in text that is not JSON as a whole: `password=…`, `"token": "…"`, `Cookie: …`, `?api_key=…`,
 * also inside JSON inside a text, whose quotes are escaped.
 */
export function assignments(keys: KeyRules): Detector {
  const detect = (text: string, at: number, from: number): Match | undefined => {
    const key = keyBefore(keys, text, at, from);
    return key === undefined ? undefined : matchValue(text, valueStart(text, at + 1), key);
  };
  return { triggers: ':=', detect };
}

function keyBefore(keys: KeyRules, text: string, at: number, from: number): SecretKey | undefined {
  let end = at;
  while (end > from && at - end < MAX_SPACES && text.charCodeAt(end - 1) === CODE.SPACE) end--;
  if (isQuote(text.charCodeAt(end - 1)) && end > from) return quotedKey(keys, text, end - 1, from);
  const start = wordStart(text, end, from);
  // Most colons stand in times.
  if (start === end || isDigit(text.charCodeAt(start))) return undefined;
  // A name of two words: "api key", "mật khẩu".
  const first = text.charCodeAt(start - 1) === CODE.SPACE ? wordStart(text, start - 1, from) : start;
  const verdict = keys.verdictOn(text.slice(start, end)) ?? keys.verdictOn(text.slice(first, end));
  return verdict && { verdict, quote: '' };
}

/** The key between the quote at `close` and the one before it. */
function quotedKey(keys: KeyRules, text: string, close: number, from: number): SecretKey | undefined {
  const near = text.slice(Math.max(from, close - MAX_KEY_LENGTH), close);
  const open = near.lastIndexOf(text.charAt(close));
  const backslashes = /\\{0,16}$/.exec(near)?.[0] ?? '';
  const verdict = open < 0 ? undefined : keys.verdictOn(near.slice(open + 1, near.length - backslashes.length));
  return verdict && { verdict, quote: backslashes + text.charAt(close) };
}

function isQuote(code: number): boolean {
  return code === CODE.QUOTE || code === CODE.APOSTROPHE || code === CODE.BACKTICK;
}

function wordStart(text: string, end: number, from: number): number {
  let start = end;
  while (start > from && end - start < MAX_KEY_LENGTH && isKeyCode(text.charCodeAt(start - 1))) start--;
  return start;
}

/** Letters of any script, since keys are written in the language of the text. */
function isKeyCode(code: number): boolean {
  return isTokenCode(code) || code === CODE.DOT || code >= 0xc0;
}

/** After further characters of the separator (`==`, `=>`, `:=`) and some spaces. */
function valueStart(text: string, at: number): number {
  let start = at;
  while (start < at + 2 && (text.charCodeAt(start) === CODE.EQUALS || text.charCodeAt(start) === CODE.GREATER)) start++;
  const afterSeparator = start;
  while (start < afterSeparator + MAX_SPACES && isSpace(text.charCodeAt(start))) start++;
  return start;
}

function isSpace(code: number): boolean {
  return code === CODE.SPACE || code === CODE.TAB;
}

/** The value that begins at `start`; without its quotes, so that what is well formed stays so. */
function matchValue(text: string, start: number, { verdict, quote }: SecretKey): Match | undefined {
  const { replacement, isHeader } = verdict;
  let open = start;
  while (text.charCodeAt(open) === CODE.BACKSLASH && open < start + 16) open++;
  const code = text.charCodeAt(open);
  const close = isQuote(code) ? quotedEnd(text, open, open - start) : undefined;
  if (close !== undefined) return close <= open + 1 ? undefined : { start: open + 1, end: close, replacement };
  // An apostrophe that nothing closes is no part of the value.
  const from = isQuote(code) ? open + 1 : start;
  const isStructure = code === CODE.OPEN_BRACE || code === CODE.OPEN_BRACKET;
  const end = isStructure ? structureEnd(text, open) : isHeader ? lineEnd(text, from) : bareEnd(text, from);
  if (end <= from || text.slice(from, end) === replacement) return undefined;
  return { start: from, end, replacement: quote + replacement + quote };
}

/**
 * Where the quote at `open`, which has as many backslashes before it, is closed: before the backslashes of the other.
 * A double quote that is not closed was cut off; any other that is not closed in its line is an apostrophe, and
 * begins no value.
 */
function quotedEnd(text: string, open: number, backslashes: number): number | undefined {
  const quote = text.charAt(open);
  const isDouble = quote === '"';
  const newline = isDouble ? -1 : text.indexOf('\n', open);
  const limit = newline < 0 ? text.length : newline;
  for (let close = text.indexOf(quote, open + 1); close >= 0 && close < limit; close = text.indexOf(quote, close + 1)) {
    const before = backslashesBefore(text, close, open);
    if (backslashes === 0 ? before % 2 === 0 : before === backslashes) return close - backslashes;
  }
  return isDouble ? text.length : undefined;
}

function backslashesBefore(text: string, at: number, from: number): number {
  let start = at;
  while (start > from + 1 && text.charCodeAt(start - 1) === CODE.BACKSLASH) start--;
  return at - start;
}

/** After the bracket that closes the one at `open`; the end of the text where none does. Brackets in quotes do not count. */
function structureEnd(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CODE.QUOTE) {
      const backslashes = backslashesBefore(text, at, open);
      at = (quotedEnd(text, at, backslashes) ?? text.length) + backslashes;
    } else if (code === 91 || code === 123) depth++;
    else if ((code === 93 || code === 125) && --depth === 0) return at + 1;
  }
  return text.length;
}

function lineEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && !isLineEnd(text, end)) end++;
  return end;
}

/** A quote ends it as well, since headers are quoted in logs; and so does an escaped end of line. */
function isLineEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === CODE.NEWLINE || code === CODE.RETURN || code === CODE.QUOTE || code === CODE.BACKSLASH;
}

function bareEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && (isBareCode(text.charCodeAt(end)) || isInsideWord(text, end))) end++;
  return PLAIN_WORDS.test(text.slice(start, Math.min(end, start + 16))) ? start : end;
}

/** An apostrophe as in "don't". */
function isInsideWord(text: string, at: number): boolean {
  const isApostrophe = text.charCodeAt(at) === CODE.APOSTROPHE;
  return isApostrophe && isAlphanumeric(text.charCodeAt(at - 1)) && isAlphanumeric(text.charCodeAt(at + 1));
}

const BARE_STOPS: ReadonlySet<number> = new Set([...' \t\r\n"\'`,;&|<>(){}[]\\'].map((stop) => stop.charCodeAt(0)));

function isBareCode(code: number): boolean {
  return isAlphanumeric(code) || !BARE_STOPS.has(code);
}
