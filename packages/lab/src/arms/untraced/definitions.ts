import type { ArmDefinition } from '../contract.js';
import { UNTRACED_PLACE } from '../place.js';
import { createUntracedArm } from './arm.js';

const UNTRACED = {
  side: 'none',
  library: 'none',
  captures: false,
  packages: [],
  place: UNTRACED_PLACE,
  create: createUntracedArm,
} as const;

/** The work alone, twice: the base, and the noise floor. */
export const UNTRACED_ARMS = [
  { ...UNTRACED, name: 'untraced' },
  { ...UNTRACED, name: 'untraced-again' },
] as const satisfies readonly ArmDefinition[];
