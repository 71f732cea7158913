import type { ArmDefinition } from '../contract.js';
import { CALL_AND_BATCH } from '../place.js';
import { createLangfuse3Arm } from './arm.js';

const SHARED = { side: 'peer', library: 'langfuse-3', packages: ['langfuse'] } as const;

/** Langfuse's version 3, its last without OpenTelemetry. */
export const LANGFUSE_3_ARMS = [
  {
    ...SHARED,
    name: 'langfuse-3',
    captures: true,
    place: CALL_AND_BATCH,
    create: (peersUrl) => createLangfuse3Arm(peersUrl),
  },
] as const satisfies readonly ArmDefinition[];
