import type { ArmDefinition } from '../contract.js';
import { WRAPPER_AND_BATCH } from '../place.js';
import { createOpikArm } from './arm.js';

const SHARED = { side: 'peer', library: 'opik', packages: ['opik'] } as const;

/** Opik. */
export const OPIK_ARMS = [
  { ...SHARED, name: 'opik', captures: true, place: WRAPPER_AND_BATCH, create: (peersUrl) => createOpikArm(peersUrl) },
] as const satisfies readonly ArmDefinition[];
