import type { Arm } from '../../arms/contract.js';
import type { Payload } from '../payload.js';
import type { TracedWork } from './work.js';

/** Levels of a trace: a call tree that is traced everywhere. */
const LEVELS = 100;

/** A hundred functions, each called by the one before it, with an input and an output of its own. */
export function createDeepWork(arm: Pick<Arm, 'wrap'>, { nextInput, nextOutput, textLength }: Payload): TracedWork {
  let below = async (_input: unknown): Promise<unknown> => nextOutput();
  for (let level = LEVELS - 1; level >= 0; level--) {
    const next = below;
    const work = async (_input: unknown): Promise<unknown> => {
      await next(nextInput());
      return nextOutput();
    };
    below = arm.wrap(`level-${level}`, level === LEVELS - 1 ? next : work, 'span');
  }
  const root = below;
  return {
    runTrace: () => root(nextInput()),
    unitsPerTrace: LEVELS,
    spansPerTrace: LEVELS,
    textPerSpan: textLength,
    waitsForSockets: false,
  };
}
