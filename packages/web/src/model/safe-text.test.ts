import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutText, oneLine, showControls } from './safe-text.js';

describe('unsafe characters', () => {
  test('marks that turn the direction of writing are shown, not obeyed', () => {
    expect(showControls('admin\u202etxt.exe')).toBe('admin\\u202etxt.exe');
    expect(showControls('\u2066a\u2069')).toBe('\\u2066a\\u2069');
  });

  test('controls have their pictures; line breaks and tabs stay', () => {
    expect(showControls('a\u0000b\u001b[31m')).toBe('a␀b␛[31m');
    expect(showControls('a\n\tb')).toBe('a\n\tb');
    expect(showControls('\u007f\u0085')).toBe('\\u007f\\u0085');
  });

  test('half a character is named, a whole one stays', () => {
    expect(showControls('\ud83d')).toBe('\\ud83d');
    expect(showControls('\ude00x')).toBe('\\ude00x');
    expect(showControls('👩‍👩‍👧 Tiếng Việt ́')).toBe('👩‍👩‍👧 Tiếng Việt ́');
  });

  test('markup is text like any other', () => {
    expect(showControls('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
  });

  test('nothing unsafe is left of any text', () => {
    const unit = fc.oneof(fc.nat(0xffff), fc.nat(0xff), fc.integer({ min: 0x2000, max: 0x206f }));
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const shown = showControls(String.fromCharCode(...units));
        expect(shown).not.toMatch(/\p{Surrogate}/u);
        expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/);
        expect(showControls(shown)).toBe(shown);
      }),
    );
  });
});

describe('cutting', () => {
  test('n characters stay, of n + 1 the last goes', () => {
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('abcd', 3)).toBe('abc');
  });

  test('never goes through a character', () => {
    expect(cutText('ab😀', 3)).toBe('ab');
  });

  test('one line has no breaks and says that it was cut', () => {
    expect(oneLine('  a\n\n b\u2028c ', 50)).toBe('a b c');
    expect(oneLine('abcdef', 3)).toBe('abc…');
  });
});
