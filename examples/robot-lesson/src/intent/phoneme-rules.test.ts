import { describe, expect, it } from 'vitest';
import { findLesson, LESSON_IDS } from '../lesson/catalogue.js';
import { matchByPhonemes } from './phoneme-rules.js';

const WORDS = LESSON_IDS.flatMap((id) => findLesson(id).words.map(({ word }) => word));

const intentOf = (message: string, word = 'apple') => matchByPhonemes(message, word)?.intent;

describe('answers', () => {
  it.each(WORDS)('knows the word %s, alone and in a sentence of either language', (word) => {
    expect(intentOf(word, word)).toBe('answer_correct');
    expect(intentOf(`${word.toUpperCase()}!`, word)).toBe('answer_correct');
    expect(intentOf(`Con đọc là ${word} ạ`, word)).toBe('answer_correct');
    expect(intentOf(`I say ${word}`, word)).toBe('answer_correct');
  });

  it.each([
    ['áp pồ', 'apple'],
    ['ba na na', 'banana'],
    ['bơ na na', 'banana'],
    ['tai gơ', 'tiger'],
    ['mân ki', 'monkey'],
    ['phít', 'fish'],
    ['ti chờ', 'teacher'],
    ['grin', 'green'],
    ['ráp bít', 'rabbit'],
    ['e lơ phần', 'elephant'],
    ['sit tờ', 'sister'],
  ])('hears "%s", as a Vietnamese writes it down, as %s', (heard, word) => {
    expect(intentOf(heard, word)).toMatch(/^answer_(correct|close)$/);
  });

  it.each([
    ['gleen', 'green'],
    ['elephan', 'elephant'],
    ['moder', 'mother'],
    ['rabit', 'rabbit'],
    ['fis', 'fish'],
    ['window', 'window'],
  ])('forgives a learner who says "%s" for %s', (heard, word) => {
    expect(intentOf(heard, word)).toMatch(/^answer_(correct|close)$/);
  });

  it('takes no word of a lesson for another', () => {
    const mistaken = WORDS.flatMap((said) =>
      WORDS.filter((target) => target !== said && intentOf(said, target) === 'answer_correct').map(
        (target) => `${said} for ${target}`,
      ),
    );
    expect(mistaken).toEqual([]);
  });

  it('does not take ordinary talk for the word', () => {
    const talk = [
      'Hôm nay con được mẹ cho đi công viên với em',
      'Con vừa ăn sáng xong, con ăn phở bò',
      'We keep a cat at home and it sleeps all day',
      'My best friend has a new blue bicycle',
    ];
    const mistaken = talk.flatMap((message) => WORDS.filter((word) => intentOf(message, word) === 'answer_correct'));
    expect(mistaken).toEqual([]);
  });
});

describe('commands and short answers', () => {
  it.each([
    ['Dừng lại ạ', 'stop'],
    ['tạm biệt robot nhé', 'stop'],
    ['Tam biet robot', 'stop'],
    ['goodbye', 'stop'],
    ['Robot nói lại đi', 'repeat'],
    ['noi lai di', 'repeat'],
    ['Can you repeat that', 'repeat'],
    ['Dạ có ạ', 'yes'],
    ['vâng', 'yes'],
    ['Yes, sure', 'yes'],
    ['Không ạ', 'no'],
    ['khong co', 'no'],
    ['Không có', 'no'],
    ['Not yet', 'no'],
  ])('takes "%s" for %s', (message, intent) => {
    expect(intentOf(message)).toBe(intent);
  });

  it('keeps "cô" (teacher) apart from "có" (yes)', () => {
    expect(intentOf('cô ơi')).not.toBe('yes');
    expect(intentOf('có ạ')).toBe('yes');
  });

  it.each(['Từ apple nghĩa là gì ạ', 'apple?', 'What does apple mean', 'Vì sao lại đọc là apple'])(
    'leaves the question "%s" to the model although it holds the word',
    (message) => {
      expect(matchByPhonemes(message, 'apple')).toBeUndefined();
    },
  );

  it('leaves a longer talk with a "yes" in it to the model', () => {
    expect(intentOf('Yes my mother cooks dinner every evening')).toBeUndefined();
  });

  it('calls a message without letters unknown', () => {
    expect(intentOf(' …! ')).toBe('unknown');
    expect(intentOf('')).toBe('unknown');
  });

  it('reads a message of the greatest length in reasonable work', () => {
    expect(intentOf('la '.repeat(1_333))).toBeUndefined();
  });
});
