import { beginsWord, CODE, isAlphanumeric, isDigit, isHexDigit } from '../characters.js';
import type { Detector, Match } from '../detector.js';
import { mark } from '../rewrite.js';

const MARK = mark('ip');

/** The longest form of IPv6, with an IPv4 tail. */
const MAX_V6_LENGTH = 45;
const MIN_V6_LENGTH = 6;

/** Addresses that say nothing of anybody: this machine, and none. */
const NOBODY = /^(?:127\.|0\.0\.0\.0$)/;

export const ipsV6: Detector = { triggers: ':', detect: detectV6 };

/** IPv4 in dotted form. Asked at a first digit. */
export function detectV4(text: string, at: number, from: number): Match | undefined {
  // Most numbers are followed by something else.
  if (!hasDotSoon(text, at) || text.charCodeAt(at - 1) === CODE.DOT || !beginsWord(text, at) || at < from)
    return undefined;
  const end = v4End(text, at);
  if (end === undefined || NOBODY.test(text.slice(at, end))) return undefined;
  return { start: at, end, replacement: MARK };
}

/** Whether one to three digits are followed by a dot. */
function hasDotSoon(text: string, at: number): boolean {
  let end = at + 1;
  while (end < at + 3 && isDigit(text.charCodeAt(end))) end++;
  return text.charCodeAt(end) === CODE.DOT;
}

/** Four numbers up to 255 with dots between, and no fifth. */
function v4End(text: string, at: number): number | undefined {
  let next = at;
  for (let part = 1; part <= 4; part++) {
    let end = next;
    while (end < next + 3 && isDigit(text.charCodeAt(end))) end++;
    if (end === next || Number(text.slice(next, end)) > 255) return undefined;
    next = end + 1;
    if (part === 4) return isWordEnd(text, end) ? end : undefined;
    if (text.charCodeAt(end) !== CODE.DOT) return undefined;
  }
  return undefined;
}

function isWordEnd(text: string, end: number): boolean {
  const code = text.charCodeAt(end);
  const goesOn = code === CODE.DOT && isDigit(text.charCodeAt(end + 1));
  return !isAlphanumeric(code) && code !== CODE.UNDERSCORE && !goesOn;
}

/** IPv6. Asked at each colon; the first one of an address finds it. */
function detectV6(text: string, at: number, from: number): Match | undefined {
  let start = at;
  while (start > from && start > at - 5 && isHexDigit(text.charCodeAt(start - 1))) start--;
  if (text.charCodeAt(start - 1) === CODE.COLON || !beginsWord(text, start)) return undefined;
  let end = at;
  while (end < start + MAX_V6_LENGTH && isV6Code(text.charCodeAt(end))) end++;
  while (text.charCodeAt(end - 1) === CODE.DOT) end--;
  if (text.charCodeAt(end - 1) === CODE.COLON && text.charCodeAt(end - 2) !== CODE.COLON) end--;
  if (!isWordEnd(text, end) || !isV6(text.slice(start, end))) return undefined;
  return { start, end, replacement: MARK };
}

function isV6Code(code: number): boolean {
  return isHexDigit(code) || code === CODE.COLON || code === CODE.DOT;
}

/** Eight groups, or fewer with one `::`. With a digit and of some length, since `dead::beef` is how programs name things. */
function isV6(address: string): boolean {
  if (address.length < MIN_V6_LENGTH || !/\d/.test(address)) return false;
  const lastColon = address.lastIndexOf(':');
  const hasV4 = address.includes('.');
  if (hasV4 && v4End(address, lastColon + 1) !== address.length) return false;
  const groups = (hasV4 ? `${address.slice(0, lastColon)}:0:0` : address).split('::');
  const given = groups.flatMap((part) => (part === '' ? [] : part.split(':')));
  if (!given.every((group) => /^[\da-f]{1,4}$/i.test(group))) return false;
  return groups.length === 1 ? given.length === 8 : groups.length === 2 && given.length < 8;
}
