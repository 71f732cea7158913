/**
 * What only some applications need: the worker with everything (masking, Redis) and the check of patterns. In the
 * package a file of its own, so that the others neither load nor parse it.
 */
import { patternProblem } from '../mask/pattern-check.js';
import { SDK_VERSION } from '../version.js';

/** Put in by the build. */
declare const FULL_WORKER_SOURCE: string;

export interface FullPart {
  /** Tells whether this file belongs to the core that loads it. */
  readonly version: string;
  /** As `#worker-source`, with everything. */
  readonly workerSource: string;
  readonly patternProblem: typeof patternProblem;
}

export const version: string = SDK_VERSION;
export const workerSource: string = FULL_WORKER_SOURCE;
export { patternProblem };
