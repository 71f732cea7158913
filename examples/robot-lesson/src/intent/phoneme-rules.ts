import type { Intent } from './intent.js';
import { normalize, withoutMarks, withoutTones } from './phonemes.js';
import { pronunciationScore } from './pronunciation.js';

/** What the rules found, and which rule it was. */
export interface PhonemeMatch {
  readonly intent: Intent;
  readonly rule: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/** Chosen on the test's word lists: accents of known words score above, other words below. */
const CORRECT_SCORE = 0.75;
const CLOSE_SCORE = 0.6;

/** "Yes" inside a longer sentence says little about what the sentence means. */
const MAX_YES_NO_TOKENS = 4;

const STOP_PHRASES = [
  'dừng lại',
  'nghỉ thôi',
  'không học nữa',
  'tạm biệt',
  'kết thúc',
  'stop',
  'goodbye',
  'bye bye',
  'i am done',
  'finish',
];
const REPEAT_PHRASES = [
  'nói lại',
  'đọc lại',
  'nhắc lại',
  'lần nữa',
  'chưa nghe rõ',
  'again',
  'repeat',
  'say it again',
  'pardon',
];
const QUESTION_WORDS = [
  'gì',
  'sao',
  'nào',
  'thế nào',
  'tại sao',
  'ở đâu',
  'bao nhiêu',
  'what',
  'why',
  'how',
  'where',
  'who',
  'when',
  'which',
];
const YES_WORDS = [
  'có',
  'vâng',
  'dạ',
  'đúng',
  'đúng rồi',
  'rồi',
  'được',
  'ừ',
  'yes',
  'yeah',
  'yep',
  'ok',
  'okay',
  'sure',
  'right',
];
const NO_WORDS = ['không', 'chưa', 'không phải', 'sai', 'no', 'nope', 'not yet', 'never'];

/**
 * Tells what a pupil means from how the message sounds, without a model.
 * @returns `undefined` where no rule is sure: the message needs a model.
 */
export function matchByPhonemes(message: string, targetWord: string): PhonemeMatch | undefined {
  const text = normalize(message);
  if (text === '') return { intent: 'unknown', rule: 'empty', confidence: 1 };
  const tokens = text.split(' ');
  if (hasPhrase(text, STOP_PHRASES)) return { intent: 'stop', rule: 'stop-phrase', confidence: 0.95 };
  if (hasPhrase(text, REPEAT_PHRASES)) return { intent: 'repeat', rule: 'repeat-phrase', confidence: 0.95 };
  // A question may hold the word that it asks about; what it wants is for the model to tell.
  if (message.includes('?') || hasPhrase(text, QUESTION_WORDS)) return undefined;
  return matchAnswer(tokens, targetWord) ?? matchYesNo(text, tokens);
}

function matchAnswer(tokens: readonly string[], targetWord: string): PhonemeMatch | undefined {
  const score = pronunciationScore(tokens, targetWord);
  if (score >= CORRECT_SCORE) return { intent: 'answer_correct', rule: 'pronunciation', confidence: score };
  if (score >= CLOSE_SCORE) return { intent: 'answer_close', rule: 'pronunciation', confidence: score };
  return undefined;
}

function matchYesNo(text: string, tokens: readonly string[]): PhonemeMatch | undefined {
  if (tokens.length > MAX_YES_NO_TOKENS) return undefined;
  // "No" first: "không có" holds both.
  if (hasPhrase(text, NO_WORDS)) return { intent: 'no', rule: 'no-word', confidence: 0.9 };
  if (hasPhrase(text, YES_WORDS)) return { intent: 'yes', rule: 'yes-word', confidence: 0.9 };
  return undefined;
}

/** Whole words only. A text typed without any mark is compared without marks, another without its tones if need be. */
function hasPhrase(text: string, phrases: readonly string[]): boolean {
  if (containsAny(text, phrases)) return true;
  if (text === withoutMarks(text)) return containsAny(text, phrases.map(withoutMarks));
  // Single syllables differ by tone alone ("có" yes, "cô" teacher keeps its hat): only longer phrases may lose it.
  const longPhrases = phrases.filter((phrase) => phrase.includes(' '));
  return containsAny(withoutTones(text), longPhrases.map(withoutTones));
}

function containsAny(text: string, phrases: readonly string[]): boolean {
  const padded = ` ${text} `;
  return phrases.some((phrase) => padded.includes(` ${phrase} `));
}
