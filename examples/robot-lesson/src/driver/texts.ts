import {
  CHARACTERS_PER_TOKEN,
  createRandom,
  faultMarker,
  LLM_FAULT_KINDS,
  makeSentence,
  makeTextOfLength,
  type SeededRandom,
} from '@slipstream/testkit';
import type { LessonLanguage } from '../lesson/catalogue.js';
import type { MessageKind, TurnPlan } from './plan.js';

/**
 * About what the service adds to a prompt (instructions and summary). It is taken off the material, so that the whole
 * prompt comes to the recorded length; prompts cannot be shorter than this.
 */
export const SERVICE_PROMPT_CHARACTERS = 310;

const PHRASES: Readonly<Record<LessonLanguage, Partial<Record<MessageKind, readonly string[]>>>> = {
  vi: {
    yes: ['Dạ có ạ', 'Vâng ạ', 'Rồi ạ', 'Đúng rồi'],
    no: ['Dạ chưa', 'Không ạ', 'Con chưa ạ'],
    repeat: ['Robot nói lại đi', 'Con chưa nghe rõ', 'Đọc lại lần nữa ạ'],
    stop: ['Tạm biệt robot nhé', 'Con nghỉ thôi', 'Dừng lại ạ'],
    question: [
      'Từ này nghĩa là gì ạ?',
      'Vì sao lại đọc như vậy ạ?',
      'Từ này có mấy âm tiết thế robot?',
      'Robot ơi, con gặp từ này ở đâu?',
    ],
    'small-talk': [
      'Hôm nay con được mẹ cho đi công viên với em',
      'Ở nhà con nuôi một bạn mèo tên là Mun',
      'Con vừa ăn sáng xong, con ăn phở bò',
    ],
    answer: ['{word}', 'Con đọc là {word}', '{word} ạ', 'Là {word}, {word}'],
  },
  en: {
    yes: ['Yes', 'Yes, sure', 'Okay'],
    no: ['No', 'Not yet', 'Nope'],
    repeat: ['Say it again please', 'Can you repeat that', 'Again, again'],
    stop: ['Goodbye robot', 'I am done for today', 'Stop now please'],
    question: ['What does it mean?', 'Why do you say it like that?', 'How many letters does it have?'],
    'small-talk': [
      'Today my mum took me to the park with my little brother',
      'We keep a cat at home and it sleeps all day',
      'My best friend has a new blue bicycle',
    ],
    answer: ['{word}', 'I say {word}', 'It is {word}', '{word}, {word}'],
  },
};

/** What a message is about when the word to be said is not known yet. */
const FALLBACK_WORD = 'apple';

/** What the pupil says. */
export function makeMessage(turn: TurnPlan, language: LessonLanguage, targetWord: string = FALLBACK_WORD): string {
  const random = createRandom(`${turn.seed}/message`);
  const kind = turn.kind === 'accented-answer' ? 'answer' : turn.kind;
  const phrase = random.pick(PHRASES[language][kind] ?? [makeSentence(random, language)]);
  return phrase.replaceAll('{word}', turn.kind === 'accented-answer' ? withAccent(targetWord, random) : targetWord);
}

/**
 * The lesson material of a turn: as long as brings the whole prompt to the recorded number of tokens. A fault of the
 * model is asked for here, in the open, by the test server's marker.
 */
export function makeContext(turn: TurnPlan, language: LessonLanguage, message: string): string {
  const kind = LLM_FAULT_KINDS.find((candidate) => candidate === turn.fault);
  // A rate limit heals at the first retry, as it mostly does; the other faults last.
  const marker = kind === undefined ? '' : ` ${faultMarker(kind, kind === 'rate-limit' ? 1 : undefined)}`;
  const characters =
    turn.contextTokens * CHARACTERS_PER_TOKEN - SERVICE_PROMPT_CHARACTERS - message.length - marker.length;
  return (makeTextOfLength(createRandom(`${turn.seed}/context`), language, characters) + marker).trim();
}

/** As a beginner says it: a last consonant swallowed, r and l or similar sounds mixed up. */
function withAccent(word: string, random: SeededRandom): string {
  const changes: readonly ((text: string) => string)[] = [
    (text) => text.replace(/[bcdfgklmnprstvz]$/, ''),
    (text) => text.replace('r', 'l'),
    (text) => text.replace(/th/, 't'),
    (text) => text.replace('p', 'b'),
    (text) => text.replace(/er$/, 'ơ'),
    (text) => text.replace('g', 'k'),
  ];
  const changed = random.pick(changes)(word);
  return changed === word ? word.replace(/(.)$/, '') : changed;
}
