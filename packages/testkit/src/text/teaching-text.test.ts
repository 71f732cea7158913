import { describe, expect, it } from 'vitest';
import { createRandom } from '../random/seeded-random.js';
import { CORPORA } from './corpus.js';
import { detectLanguage, makeTeachingText, makeTextOfLength } from './teaching-text.js';
import { estimateTokenCount } from './tokens.js';

describe('teaching text', () => {
  it.each([0, 1, 2, 129, 1_020, 14_050])('counts as exactly %i tokens in both languages', (tokenCount) => {
    for (const language of ['vi', 'en'] as const) {
      const text = makeTeachingText(createRandom(tokenCount), language, tokenCount);
      expect(estimateTokenCount(text)).toBe(tokenCount);
      expect(text).toBe(text.trim());
    }
  });

  it('has every length up to some thousand characters', () => {
    for (let length = 0; length < 3_000; length += 7) {
      expect(makeTextOfLength(createRandom(length), 'vi', length)).toHaveLength(length);
    }
  });

  it('is one-byte text in English and two-byte text in Vietnamese', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of one-byte strings is what is tested.
    const isOneByte = (text: string) => /^[\x00-\xff]*$/.test(text);
    expect(isOneByte(makeTextOfLength(createRandom(1), 'en', 20_000))).toBe(true);
    expect(isOneByte(makeTextOfLength(createRandom(1), 'vi', 400))).toBe(false);
  });

  it('is composed Vietnamese without surrogates, so that a cut never splits a letter', () => {
    const text = makeTextOfLength(createRandom(2), 'vi', 20_000);
    expect(text.normalize('NFC')).toBe(text);
    expect(text).not.toMatch(/\p{Surrogate}|\p{Mark}/u);
  });

  it('fills every slot of every sentence', () => {
    for (const { sentences, slots } of Object.values(CORPORA)) {
      for (const [, slot] of sentences.join(' ').matchAll(/\{(\w+)\}/g)) expect(Object.keys(slots)).toContain(slot);
    }
    expect(makeTextOfLength(createRandom(3), 'vi', 20_000)).not.toMatch(/[{}]/);
  });

  it('gives an empty text for a length below one', () => {
    expect(makeTextOfLength(createRandom(1), 'en', -5)).toBe('');
  });

  it('tells Vietnamese from English by its letters', () => {
    expect(detectLanguage('Quả táo')).toBe('vi');
    expect(detectLanguage('An apple, café')).toBe('vi');
    expect(detectLanguage('An apple')).toBe('en');
  });
});
