import { WireError } from '../errors.js';

/**
 * Up to this length a loop in JavaScript beats the fixed cost of a `TextDecoder` call and of the view that it needs.
 */
export const LOOP_LENGTH = 32;

/** Keys longer than this are not worth comparing byte by byte. */
const INTERNED_LENGTH = 64;

const INTERN_SLOTS = 256;

/** `fatal` refuses overlong forms, surrogates and bytes that cannot be; `ignoreBOM` keeps a leading U+FEFF as text. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One array of each length, used again and again. */
const SCRATCH: readonly number[][] = Array.from({ length: LOOP_LENGTH + 1 }, (_, length) => new Array(length).fill(0));

/** All codes in one call: adding up characters takes twice as long, and leaves a rope that its first use has to flatten. */
function decodeShortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  const codes = SCRATCH[end - start] ?? [];
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte > 0x7f) return undefined;
    codes[index - start] = byte;
  }
  return String.fromCharCode.apply(null, codes);
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

const HEX_DIGITS = '0123456789abcdef';

/** The two digits of each byte, as character codes. */
const HEX_CODES = Uint8Array.from({ length: 512 }, (_, index) =>
  HEX_DIGITS.charCodeAt(index % 2 === 0 ? index >>> 5 : (index >>> 1) & 15),
);

/** Ids as lower-case hexadecimal. Spans of one trace mostly follow each other, so that the id before is compared first. */
export class HexReader {
  private readonly codes: number[];
  private readonly bytes: Uint8Array;
  private lastStart = -1;
  private last = '';

  constructor(bytes: Uint8Array, sizeBytes: number) {
    this.bytes = bytes;
    this.codes = new Array<number>(sizeBytes * 2).fill(0);
  }

  read(start: number): string {
    if (this.lastStart >= 0 && this.isSame(start)) return this.last;
    const { bytes, codes } = this;
    for (let index = 0; index < codes.length; index += 2) {
      const at = (bytes[start + (index >>> 1)] ?? 0) * 2;
      codes[index] = HEX_CODES[at] ?? 0;
      codes[index + 1] = HEX_CODES[at + 1] ?? 0;
    }
    this.lastStart = start;
    this.last = String.fromCharCode.apply(null, codes);
    return this.last;
  }

  private isSame(start: number): boolean {
    const sizeBytes = this.codes.length / 2;
    for (let index = 0; index < sizeBytes; index += 1) {
      if (this.bytes[start + index] !== this.bytes[this.lastStart + index]) return false;
    }
    return true;
  }
}
