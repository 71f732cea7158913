import type { ArmDefinition } from '../contract.js';
import { WRAPPER_AND_BATCH } from '../place.js';
import { createPinoArm } from './arm.js';

const SHARED = { side: 'peer', library: 'pino', packages: ['pino'] } as const;

/** No tracer: structured log lines. */
export const PINO_ARMS = [
  {
    ...SHARED,
    name: 'pino',
    captures: true,
    place: { ...WRAPPER_AND_BATCH, A: 'A.log-line', B: 'B.isolated-thread' },
    create: (peersUrl) => createPinoArm(peersUrl),
  },
] as const satisfies readonly ArmDefinition[];
