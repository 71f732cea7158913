import { CODE, isAlphanumeric, isEscapeLetter, isLetter } from '../characters.js';
import type { Detector, Match } from '../detector.js';
import { mark } from '../rewrite.js';

/** RFC 5321, 4.5.3.1. */
const MAX_LOCAL_LENGTH = 64;
const MAX_DOMAIN_LENGTH = 255;

const MARK = mark('email');

/** Addresses in ASCII, also percent-encoded (`%40`) as in a query. */
export const emails: Detector = { triggers: '@%', detect: detectEmail };

function detectEmail(text: string, at: number, from: number): Match | undefined {
  const isEncoded = text.charCodeAt(at) === CODE.PERCENT;
  if (isEncoded && !text.startsWith('40', at + 1)) return undefined;
  const start = localStart(text, at, Math.max(from, at - MAX_LOCAL_LENGTH));
  if (start === at) return undefined;
  const end = domainEnd(text, isEncoded ? at + 3 : at + 1);
  return end === undefined ? undefined : { start, end, replacement: MARK };
}

function localStart(text: string, at: number, from: number): number {
  let start = at;
  while (start > from && isLocalCode(text.charCodeAt(start - 1))) start--;
  while (start < at && !isAlphanumeric(text.charCodeAt(start))) start++;
  return start < at - 1 && isEscapeLetter(text, start) ? start + 1 : start;
}

function isLocalCode(code: number): boolean {
  return (
    isAlphanumeric(code) ||
    code === CODE.DOT ||
    code === CODE.HYPHEN ||
    code === CODE.UNDERSCORE ||
    code === CODE.PLUS ||
    code === CODE.PERCENT
  );
}

/** The end of the longest name of two labels or more whose last one is made of letters. */
function domainEnd(text: string, at: number): number | undefined {
  const limit = at + MAX_DOMAIN_LENGTH;
  let end: number | undefined;
  let labelStart = at;
  for (let labels = 1; labelStart < limit; labels++) {
    const labelEnd = skipLabel(text, labelStart, limit);
    if (labelEnd === labelStart) return end;
    if (labels > 1 && isTopLevel(text, labelStart, labelEnd)) end = labelEnd;
    if (text.charCodeAt(labelEnd) !== CODE.DOT) return end;
    labelStart = labelEnd + 1;
  }
  return end;
}

function skipLabel(text: string, at: number, limit: number): number {
  let end = at;
  while (end < limit && (isAlphanumeric(text.charCodeAt(end)) || text.charCodeAt(end) === CODE.HYPHEN)) end++;
  return end;
}

function isTopLevel(text: string, start: number, end: number): boolean {
  if (text.startsWith('xn--', start)) return true;
  for (let at = start; at < end; at++) if (!isLetter(text.charCodeAt(at))) return false;
  return end - start >= 2;
}
