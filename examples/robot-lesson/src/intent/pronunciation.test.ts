import { describe, expect, it } from 'vitest';
import { englishPhonemes, vietnamesePhonemes } from './phonemes.js';
import { pronunciationScore, soundSimilarity } from './pronunciation.js';

describe('phonemes', () => {
  it.each([
    ['fish', 'fiS'],
    ['phone', 'fon'],
    ['table', 'teb@l'],
    ['knight', 'nait'],
    ['teacher', 'tiC@'],
    ['school', 'skul'],
    ['rabbit', 'rabit'],
    ['white', 'wait'],
    ['grape', 'grep'],
    ['me', 'me'],
  ])('reads English %s as %s', (word, phonemes) => {
    expect(englishPhonemes(word)).toBe(phonemes);
  });

  it.each([
    ['phở', 'f@'],
    ['đọc', 'dok'],
    ['nghỉ', 'Ni'],
    ['chín', 'Cin'],
    ['quả', 'kwa'],
  ])('reads Vietnamese %s as %s', (syllable, phonemes) => {
    expect(vietnamesePhonemes([syllable])).toBe(phonemes);
  });
});

describe('similarity', () => {
  it('is 1 for equal sounds, next to 0 for nothing in common, and 0 for nothing at all', () => {
    expect(soundSimilarity('fiS', 'fiS')).toBe(1);
    expect(soundSimilarity('mmm', 'sss')).toBeLessThan(0.1);
    expect(soundSimilarity('', '')).toBe(0);
  });

  it('takes a swapped last consonant for another word', () => {
    expect(soundSimilarity('gren', 'grep')).toBe(0.75);
    expect(soundSimilarity('gre', 'grep')).toBe(0.9);
  });

  it('finds confused sounds closer than others', () => {
    expect(soundSimilarity('sip', 'Sip')).toBeGreaterThan(soundSimilarity('mip', 'Sip'));
  });

  it('forgives a dropped last consonant more than a dropped first one', () => {
    expect(soundSimilarity('gree', 'green')).toBeGreaterThan(soundSimilarity('reen', 'green'));
  });

  it('finds a word that was said after others', () => {
    expect(pronunciationScore(['con', 'nói', 'là', 'tai', 'gơ'], 'tiger')).toBeGreaterThan(0.75);
  });

  it('listens for like sounds in seven words and not in eight', () => {
    const filler = Array.from({ length: 5 }, () => 'mmm');
    expect(pronunciationScore([...filler, 'tai', 'gơ'], 'tiger')).toBeGreaterThan(0.75);
    expect(pronunciationScore([...filler, 'mmm', 'tai', 'gơ'], 'tiger')).toBe(0);
    expect(pronunciationScore([...filler, 'mmm', 'mmm', 'tiger'], 'tiger')).toBe(1);
  });
});
