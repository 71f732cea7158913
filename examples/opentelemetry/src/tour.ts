import { type Lesson, planLesson } from './lesson.js';

export interface Tour {
  readonly dictionaryUrl: string;
  readonly say: (line: string) => void;
}

const LESSONS: readonly Lesson[] = [
  { pupil: 'linh', words: ['cat', 'dog'] },
  { pupil: 'an', words: ['bird', 'dragon'] },
];

/** Two lessons at the same time, each a trace through both services. */
export async function runTour({ dictionaryUrl, say }: Tour): Promise<void> {
  await Promise.all(
    LESSONS.map(async (lesson) => {
      const meanings = await planLesson(lesson, dictionaryUrl);
      say(`${lesson.pupil}: ${lesson.words.map((word, index) => `${word} is ${meanings[index]}`).join(', ')}`);
    }),
  );
}
