import { WireError } from '../errors.js';

/**
 * Up to this length a loop in JavaScript beats the fixed cost of a `TextDecoder` call and of the view that it needs.
 */
const LOOP_LENGTH = 24;

/** Keys longer than this are not worth comparing byte by byte. */
const INTERNED_LENGTH = 64;

const INTERN_SLOTS = 256;

/** `fatal` refuses overlong forms, surrogates and bytes that cannot be; `ignoreBOM` keeps a leading U+FEFF as text. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeShortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/**
 * Strict UTF-8.
 * @throws WireError `invalid_utf8`.
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= LOOP_LENGTH) {
    const ascii = decodeShortAscii(bytes, start, end);
    if (ascii !== undefined) return ascii;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    // A fatal decoder has no other fault than this one.
    throw new WireError('invalid_utf8', 'a string is not valid UTF-8');
  }
}

interface InternedText {
  readonly bytes: Uint8Array;
  readonly text: string;
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < known.length; index += 1) {
    if (known[index] !== bytes[start + index]) return false;
  }
  return true;
}

/**
 * Gives equal short texts as one string: attribute keys come again and again, and comparing bytes is cheaper than
 * decoding them, as is looking up a string whose hash is known. One a body, so that nothing outlives it.
 */
export class TextInterner {
  private readonly slots: (InternedText | undefined)[] = new Array<InternedText | undefined>(INTERN_SLOTS).fill(
    undefined,
  );

  /** @throws WireError `invalid_utf8`. */
  decode(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length > INTERNED_LENGTH || length === 0) return decodeUtf8(bytes, start, end);
    const first = bytes[start] ?? 0;
    const middle = bytes[start + (length >>> 1)] ?? 0;
    const last = bytes[end - 1] ?? 0;
    const slot = (length * 31 + first * 7 + middle * 13 + last * 5) % INTERN_SLOTS;
    const known = this.slots[slot];
    if (known !== undefined && known.bytes.length === length && sameBytes(known.bytes, bytes, start)) return known.text;
    const text = decodeUtf8(bytes, start, end);
    this.slots[slot] = { bytes: bytes.slice(start, end), text };
    return text;
  }
}
