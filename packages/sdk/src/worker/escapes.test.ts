import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needsEscape, needsEscapeWide } from './escapes.js';

/** What JSON says: text that it writes in another way is longer. Surrogates count, whether alone or not. */
const isEscaped = (text: string): boolean => JSON.stringify(text).length > text.length + 2;
const hasSurrogate = (text: string): boolean => /[\ud800-\udfff]/.test(text);

/** Text at every alignment, most of it plain, with any unit at any place. */
const text = (max: number) =>
  fc
    .array(fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0, max })), { maxLength: 24 })
    .map((units) => String.fromCharCode(...units));

function viewOf(bytes: Buffer, shift: number): DataView {
  const padded = Buffer.concat([Buffer.alloc(shift, 0x41), bytes, Buffer.from('"\\')]);
  return new DataView(padded.buffer, padded.byteOffset, padded.byteLength);
}

describe('the look for characters that JSON escapes', () => {
  it('finds each of them in Latin-1 and takes nothing else for one', () => {
    fc.assert(
      fc.property(text(0xff), fc.integer({ min: 0, max: 3 }), (value, shift) => {
        const found = needsEscape(viewOf(Buffer.from(value, 'latin1'), shift), shift, shift + value.length);
        expect(found).toBe(isEscaped(value));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds each of them, and surrogates, in UTF-16', () => {
    fc.assert(
      fc.property(text(0xffff), fc.integer({ min: 0, max: 3 }), (value, shift) => {
        const found = needsEscapeWide(viewOf(Buffer.from(value, 'utf16le'), shift), shift, shift + value.length * 2);
        expect(found).toBe(isEscaped(value) || hasSurrogate(value));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([...'"\\\u0000\u001f'].map((unit) => [JSON.stringify(unit), unit]))(
    'finds %s at every place',
    (_name, unit) => {
      for (let place = 0; place < 9; place++) {
        const value = `${'a'.repeat(place)}${unit}${'b'.repeat(8 - place)}`;
        expect(needsEscape(viewOf(Buffer.from(value, 'latin1'), 0), 0, 9)).toBe(true);
        expect(needsEscapeWide(viewOf(Buffer.from(value, 'utf16le'), 0), 0, 18)).toBe(true);
      }
    },
  );
});
