import { createRandom, shuffled } from '../statistics/random.js';
import { type PlannedSample, PYTHON_CASES, samplesOf } from './cases.js';
import type { PythonSubject } from './subjects.js';

/** Spreads the seeds of rounds; a prime, so that no two small rounds share a row. */
const SEED_STEP = 7_919;

/** A round: every case once, in random order, and within it every subject and form in random order. */
export function scheduleRound(
  round: number,
  seed: number,
  isReady: (subject: PythonSubject) => boolean,
): readonly PlannedSample[] {
  const random = createRandom(seed + round * SEED_STEP);
  return shuffled(PYTHON_CASES, random).flatMap((definition) =>
    shuffled(
      samplesOf(definition, round).filter(({ subject }) => isReady(subject)),
      random,
    ),
  );
}
