import { describe, expect, it } from 'vitest';
import { HOSTILE } from '../../test/trace-fixture.js';
import { displayWidth, padColumns } from './display-width.js';
import { cutColumns, escapeInJson, plainJson, plainLines, plainText } from './plain-text.js';

describe('the width of a text at a terminal', () => {
  it.each([
    ['plain', 5],
    ['phát âm', 7],
    ['phát âm'.normalize('NFD'), 7],
    ['được', 4],
    ['日本語', 6],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['👍🏽', 2],
    ['🇻🇳', 2],
    ['❤️', 2],
    ['❤', 1],
    ['1', 1],
    ['ไทย', 3],
    ['', 0],
  ])('of %s is %i', (text, columns) => expect(displayWidth(text)).toBe(columns));

  it('is what texts are filled up to', () => {
    expect(padColumns('日本', 6)).toBe('日本  ');
    expect(padColumns('日本', 6, 'right')).toBe('  日本');
    expect(padColumns('too long', 3)).toBe('too long');
  });
});

describe('text from elsewhere', () => {
  it('loses every character that a terminal would act on', () => {
    const text = plainText(HOSTILE);
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(text).toContain('[31mred');
  });

  it('is cut by columns, so that a wide character never hangs over', () => {
    expect(plainText('日本語', 6)).toBe('日本語');
    expect(plainText('日本語', 5)).toBe('日本…');
    expect(plainText('日本語', 4)).toBe('日…');
    expect(cutColumns('🇻🇳🇯🇵🇰🇷', 5)).toBe('🇻🇳🇯🇵…');
    expect(displayWidth(plainText('👍'.repeat(40), 9))).toBeLessThanOrEqual(9);
  });

  it('shows joined emoji one by one, as every terminal can', () => {
    expect(plainText('👩‍🚀')).toBe('👩🚀');
    expect(plainText('pay\u200dpal')).toBe('pay\u{fffd}pal');
  });

  it('bounds what is piled on one letter', () => {
    expect(plainText(`a${'\u0301'.repeat(10_000)}`, 10).length).toBeLessThan(20);
  });

  it('keeps its lines where it has lines', () => {
    expect(plainLines('a\r\nb\tc\n\u001b[2J')).toEqual(['a', 'b    c', '\u{fffd}[2J']);
  });

  it('is the same value in JSON, in characters that are harmless', () => {
    const value = { [HOSTILE]: [HOSTILE, '👩‍🚀', 'ă'] };
    const text = plainJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(escapeInJson('{\n\t"a": 1\r\n}')).toBe('{\n\t"a": 1\r\n}');
  });
});
