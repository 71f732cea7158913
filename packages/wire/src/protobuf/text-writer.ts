/** Encodes text as UTF-8. A caller on Node can give one that is built on `Buffer`'s native writers. */
export interface TextWriter {
  /**
   * Writes `text` at `offset` and returns how many bytes it took. A lone surrogate MUST become U+FFFD.
   * The writer guarantees room for `3 * text.length` bytes, the most that UTF-8 can need.
   */
  write(target: Uint8Array, text: string, offset: number): number;
}

/**
 * Up to this length a loop in JavaScript beats the fixed cost of `encodeInto` and of the view that it needs;
 * the two meet at about this length on V8.
 */
const LOOP_LENGTH = 24;

const encoder = new TextEncoder();

function writeShortAscii(target: Uint8Array, text: string, offset: number): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    target[offset + index] = code;
  }
  return true;
}

/** The default: needs nothing but the web platform. */
export const webTextWriter: TextWriter = {
  write(target, text, offset) {
    if (text.length <= LOOP_LENGTH && writeShortAscii(target, text, offset)) return text.length;
    return encoder.encodeInto(text, target.subarray(offset)).written;
  },
};
