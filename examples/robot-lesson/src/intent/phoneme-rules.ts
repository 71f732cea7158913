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

/** Chosen on the test's lists: accents of a word score above, the other words of the lessons below. */
const CORRECT_SCORE = 0.77;
const CLOSE_SCORE = 0.7;

/** "Yes" inside a longer sentence says little about what the sentence means. */
const MAX_YES_NO_TOKENS = 4;

/** Phrases in the three forms in which a text may hold them, each with a blank around it. */
interface PhraseTable {
  readonly exact: readonly string[];
  readonly withoutMarks: readonly string[];
  /** Single syllables differ by tone alone ("có" is yes, "cô" a teacher): only longer phrases may lose theirs. */
  readonly longWithoutTones: readonly string[];
}

const STOP_PHRASES = phraseTable([
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
]);
const REPEAT_PHRASES = phraseTable([
  'nói lại',
  'đọc lại',
  'nhắc lại',
  'lần nữa',
  'chưa nghe rõ',
  'again',
  'repeat',
  'say it again',
  'pardon',
]);
const QUESTION_WORDS = phraseTable([
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
]);
const YES_WORDS = phraseTable([
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
]);
const NO_WORDS = phraseTable(['không', 'chưa', 'không phải', 'sai', 'no', 'nope', 'not yet', 'never']);

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
function hasPhrase(text: string, table: PhraseTable): boolean {
  const padded = ` ${text} `;
  if (containsAny(padded, table.exact)) return true;
  if (padded === withoutMarks(padded)) return containsAny(padded, table.withoutMarks);
  return containsAny(withoutTones(padded), table.longWithoutTones);
}

function containsAny(padded: string, phrases: readonly string[]): boolean {
  return phrases.some((phrase) => padded.includes(phrase));
}

function phraseTable(phrases: readonly string[]): PhraseTable {
  const padded = phrases.map((phrase) => ` ${phrase} `);
  return {
    exact: padded,
    withoutMarks: padded.map(withoutMarks),
    longWithoutTones: phrases.filter((phrase) => phrase.includes(' ')).map((phrase) => withoutTones(` ${phrase} `)),
  };
}
