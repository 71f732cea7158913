import type { ArmDefinition } from '../contract.js';
import { WRAPPER_AND_BATCH, withoutCapture } from '../place.js';
import { createSlipstreamArm } from './arm.js';

const SLIPSTREAM = { side: 'own', library: 'slipstream', packages: [] } as const;
const OBSERVE_AND_WORKER = { ...WRAPPER_AND_BATCH, B: 'B.isolated-thread' } as const;

/** Slipstream by each of its ways. */
export const SLIPSTREAM_ARMS = [
  {
    ...SLIPSTREAM,
    name: 'slipstream',
    captures: true,
    place: OBSERVE_AND_WORKER,
    create: () => createSlipstreamArm(true),
  },
  {
    ...SLIPSTREAM,
    name: 'slipstream-capture-off',
    captures: false,
    place: withoutCapture(OBSERVE_AND_WORKER),
    create: () => createSlipstreamArm(false),
  },
] as const satisfies readonly ArmDefinition[];
