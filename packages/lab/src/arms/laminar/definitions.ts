import type { ArmDefinition } from '../contract.js';
import { WRAPPER_AND_BATCH } from '../place.js';
import { createLaminarArm } from './arm.js';

const SHARED = { side: 'peer', library: 'laminar', packages: ['@lmnr-ai/lmnr'] } as const;

/** Laminar. */
export const LAMINAR_ARMS = [
  {
    ...SHARED,
    name: 'laminar',
    captures: true,
    place: WRAPPER_AND_BATCH,
    create: (peersUrl) => createLaminarArm(peersUrl),
  },
] as const satisfies readonly ArmDefinition[];
