import { parseJson } from './json-text.js';

/** A surrogate pair, one other code unit, or any other escape, which the last alternative passes over whole. */
const ESCAPES = /\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|\\u([0-9a-f]{4})|\\[^u]/gi;

/** What must stay an escape inside a JSON string: controls, the quote, the backslash, half of a pair. */
function mustStay(code: number): boolean {
  return code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0x7f && code <= 0x9f) || (code & 0xf800) === 0xd800;
}

/**
 * JSON with its characters written out, where a sender escaped all that is not ASCII, as Python does: a search finds
 * what people type, and such a text is up to six times as long. Nothing else changes: numbers, spacing and order stay.
 * A text that is no JSON is given back as it is.
 */
export function readableJson(text: string): string {
  if (!text.includes('\\u') || !/^\s*["{[]/.test(text) || parseJson(text) === undefined) return text;
  return text.replace(ESCAPES, (sequence: string, high?: string, low?: string, unit?: string) => {
    if (high !== undefined && low !== undefined) {
      return String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16));
    }
    const code = unit === undefined ? undefined : Number.parseInt(unit, 16);
    return code === undefined || mustStay(code) ? sequence : String.fromCharCode(code);
  });
}
