import type { TextWriter } from '@slipstream/wire';

/** Up to this length a loop in JavaScript beats a call into native code. */
const LOOP_LENGTH = 16;

/** UTF-8 through `Buffer`, which needs no view object for each text. One instance serves one writer at a time. */
export function createBufferTextWriter(): TextWriter {
  let target: Uint8Array | undefined;
  let buffer: Buffer = Buffer.alloc(0);
  return {
    write(bytes, text, offset) {
      if (text.length <= LOOP_LENGTH && writeShortAscii(bytes, text, offset)) return text.length;
      if (bytes !== target) {
        target = bytes;
        buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      }
      // Lone surrogates become U+FFFD here.
      return buffer.write(text, offset, 'utf8');
    },
  };
}

function writeShortAscii(bytes: Uint8Array, text: string, offset: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    bytes[offset + index] = code;
  }
  return true;
}
