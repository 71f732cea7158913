const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const NOT_A_DIGIT = 255;

/** Value of each ASCII character; the URL-safe alphabet is read as well. */
const VALUE_OF_CODE = new Uint8Array(128).fill(NOT_A_DIGIT);
for (let value = 0; value < ALPHABET.length; value += 1) VALUE_OF_CODE[ALPHABET.charCodeAt(value)] = value;
VALUE_OF_CODE['-'.charCodeAt(0)] = 62;
VALUE_OF_CODE['_'.charCodeAt(0)] = 63;

/** Base64 with padding. Neither `atob` nor `Buffer` serves both browsers and long input, so it is written out. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const first = bytes[index] ?? 0;
    const second = bytes[index + 1];
    const third = bytes[index + 2];
    text += ALPHABET.charAt(first >>> 2);
    text += ALPHABET.charAt(((first & 3) << 4) | ((second ?? 0) >>> 4));
    text += second === undefined ? '=' : ALPHABET.charAt(((second & 15) << 2) | ((third ?? 0) >>> 6));
    text += third === undefined ? '=' : ALPHABET.charAt(third & 63);
  }
  return text;
}

/** Bytes of base64 in either alphabet, with padding or without; `undefined` where the text is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/={1,2}$/, '');
  if (digits.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let size = 0;
  let bits = 0;
  let bitCount = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const value = VALUE_OF_CODE[digits.charCodeAt(index)] ?? NOT_A_DIGIT;
    if (value === NOT_A_DIGIT) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[size] = (bits >>> bitCount) & 0xff;
      size += 1;
    }
  }
  return bytes;
}
