import { LessonError } from '../errors.js';

/** Language in which the robot speaks; the words taught are English either way. */
export type LessonLanguage = 'vi' | 'en';

/** A word that the pupil shall say. */
export interface TargetWord {
  readonly word: string;
  /** Vietnamese. */
  readonly meaning: string;
}

export interface Lesson {
  readonly id: string;
  readonly title: Readonly<Record<LessonLanguage, string>>;
  readonly words: readonly [TargetWord, ...TargetWord[]];
}

const LESSONS: readonly [Lesson, ...Lesson[]] = [
  {
    id: 'animals',
    title: { vi: 'Các con vật', en: 'Animals' },
    words: [
      { word: 'elephant', meaning: 'con voi' },
      { word: 'rabbit', meaning: 'con thỏ' },
      { word: 'tiger', meaning: 'con hổ' },
      { word: 'monkey', meaning: 'con khỉ' },
      { word: 'fish', meaning: 'con cá' },
    ],
  },
  {
    id: 'fruit',
    title: { vi: 'Trái cây', en: 'Fruit' },
    words: [
      { word: 'apple', meaning: 'quả táo' },
      { word: 'banana', meaning: 'quả chuối' },
      { word: 'orange', meaning: 'quả cam' },
      { word: 'mango', meaning: 'quả xoài' },
      { word: 'grape', meaning: 'quả nho' },
    ],
  },
  {
    id: 'colours',
    title: { vi: 'Màu sắc', en: 'Colours' },
    words: [
      { word: 'yellow', meaning: 'màu vàng' },
      { word: 'purple', meaning: 'màu tím' },
      { word: 'green', meaning: 'màu xanh lá' },
      { word: 'brown', meaning: 'màu nâu' },
      { word: 'white', meaning: 'màu trắng' },
    ],
  },
  {
    id: 'family',
    title: { vi: 'Gia đình', en: 'The family' },
    words: [
      { word: 'mother', meaning: 'mẹ' },
      { word: 'father', meaning: 'bố' },
      { word: 'sister', meaning: 'chị em gái' },
      { word: 'brother', meaning: 'anh em trai' },
      { word: 'grandmother', meaning: 'bà' },
    ],
  },
  {
    id: 'school',
    title: { vi: 'Trường học', en: 'School' },
    words: [
      { word: 'teacher', meaning: 'giáo viên' },
      { word: 'pencil', meaning: 'bút chì' },
      { word: 'window', meaning: 'cửa sổ' },
      { word: 'table', meaning: 'cái bàn' },
      { word: 'school', meaning: 'trường học' },
    ],
  },
];

/** Ids of all lessons, in order. */
export const LESSON_IDS: readonly string[] = LESSONS.map((lesson) => lesson.id);

/** @throws LessonError `UNKNOWN_LESSON`. Without an id the first lesson is given. */
export function findLesson(id: string | undefined): Lesson {
  if (id === undefined) return LESSONS[0];
  const lesson = LESSONS.find((candidate) => candidate.id === id);
  if (lesson === undefined) {
    throw new LessonError('UNKNOWN_LESSON', `there is no such lesson; choose one of ${LESSON_IDS.join(', ')}`);
  }
  return lesson;
}

/** The word at a position; positions past the end start the lesson over, as a review. */
export function wordAt(lesson: Lesson, index: number): TargetWord {
  return lesson.words[index % lesson.words.length] ?? lesson.words[0];
}
