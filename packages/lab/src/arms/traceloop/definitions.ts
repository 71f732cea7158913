import type { ArmDefinition } from '../contract.js';
import { WRAPPER_AND_BATCH } from '../place.js';
import { createTraceloopArm, createTraceloopOpenAiArm } from './arm.js';

const SHARED = { side: 'peer', library: 'traceloop', captures: true } as const;

/** Traceloop's OpenLLMetry. */
export const TRACELOOP_ARMS = [
  {
    ...SHARED,
    name: 'traceloop',
    packages: ['@traceloop/node-server-sdk'],
    place: WRAPPER_AND_BATCH,
    create: (peersUrl) => createTraceloopArm(peersUrl),
  },
  {
    ...SHARED,
    name: 'traceloop-openai',
    packages: ['@traceloop/node-server-sdk', '@traceloop/instrumentation-openai', 'openai'],
    place: { ...WRAPPER_AND_BATCH, A: 'A.client-drop-in' },
    create: (peersUrl) => createTraceloopOpenAiArm(peersUrl),
  },
] as const satisfies readonly ArmDefinition[];
