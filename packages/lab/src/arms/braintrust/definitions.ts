import type { ArmDefinition } from '../contract.js';
import { WRAPPER_AND_BATCH } from '../place.js';
import { createBraintrustArm } from './arm.js';

const SHARED = { side: 'peer', library: 'braintrust', packages: ['braintrust'] } as const;

/** Braintrust. */
export const BRAINTRUST_ARMS = [
  {
    ...SHARED,
    name: 'braintrust',
    captures: true,
    place: WRAPPER_AND_BATCH,
    create: (peersUrl) => createBraintrustArm(peersUrl),
  },
] as const satisfies readonly ArmDefinition[];
