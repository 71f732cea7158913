import type { SeededRandom } from '../random/seeded-random.js';
import { CORPORA, type TextLanguage } from './corpus.js';
import { CHARACTERS_PER_TOKEN } from './tokens.js';

/** One sentence of a lesson. */
export function makeSentence(random: SeededRandom, language: TextLanguage): string {
  const corpus = CORPORA[language];
  return random
    .pick(corpus.sentences)
    .replaceAll(/\{(\w+)\}/g, (_, slot: string) => random.pick(corpus.slots[slot] ?? [slot]));
}

/**
 * Teaching dialogue of exactly `characterCount` UTF-16 units (0 or less gives `''`).
 * The last word may be cut; texts hold no surrogate pairs, so a cut never splits a character.
 */
export function makeTextOfLength(random: SeededRandom, language: TextLanguage, characterCount: number): string {
  const sentences: string[] = [];
  // Blanks stand between sentences, so one less than there are sentences.
  let length = -1;
  while (length < characterCount) {
    const sentence = makeSentence(random, language);
    sentences.push(sentence);
    length += sentence.length + 1;
  }
  const text = sentences.join(' ').slice(0, Math.max(0, characterCount));
  // A blank at the very end would be lost to whoever trims; a full stop keeps the count.
  return text.endsWith(' ') ? `${text.slice(0, -1)}.` : text;
}

/** Teaching dialogue that counts as exactly `tokenCount` tokens. */
export function makeTeachingText(random: SeededRandom, language: TextLanguage, tokenCount: number): string {
  return makeTextOfLength(random, language, tokenCount * CHARACTERS_PER_TOKEN);
}

/** Guesses by its letters whether a text is Vietnamese, so that an answer comes in the language of the question. */
export function detectLanguage(text: string): TextLanguage {
  return /[ăâđêôơưạảãáàậẩẫấầặẳẵắằẹẻẽéèệểễếềịỉĩíìọỏõóòộổỗốồợởỡớờụủũúùựửữứừỵỷỹýỳ]/i.test(text) ? 'vi' : 'en';
}
