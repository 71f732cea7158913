import type { Arm } from '../arms/contract.js';
import type { Payload } from './payload.js';
import { rest } from './rest.js';

/** Spans of one trace: a root, two steps, four leaves. */
export const SPANS_PER_TRACE = 7;

/**
 * The work that every arm traces: seven nested async functions, each with an input and an output of its own.
 *
 * @param waitMs how long each leaf waits, as a call to a model or a store would; 0 only lets other promises go first
 * @returns runs one trace
 */
export function createTracedWork(arm: Arm, payload: Payload, waitMs: number): () => Promise<unknown> {
  const { nextInput, nextOutput } = payload;
  const pause = waitMs === 0 ? () => Promise.resolve() : () => rest(waitMs);
  const leafWork = async (_input: unknown): Promise<unknown> => {
    await pause();
    return nextOutput();
  };
  const firstLeaf = arm.wrap('lookup', leafWork, 'span');
  const secondLeaf = arm.wrap('classify', leafWork, 'span');
  const stepWork = async (_input: unknown): Promise<unknown> => {
    await firstLeaf(nextInput());
    await secondLeaf(nextInput());
    return nextOutput();
  };
  const firstStep = arm.wrap('prepare', stepWork, 'span');
  const secondStep = arm.wrap('answer', stepWork, 'span');
  const root = arm.wrap(
    'lesson',
    async (_input: unknown): Promise<unknown> => {
      await firstStep(nextInput());
      await secondStep(nextInput());
      return nextOutput();
    },
    'span',
  );
  return () => root(nextInput());
}
