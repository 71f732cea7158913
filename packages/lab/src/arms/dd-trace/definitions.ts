import type { ArmDefinition } from '../contract.js';
import { CALL_AND_BATCH, withoutCapture } from '../place.js';
import { createDdTraceArm } from './arm.js';

const SHARED = { side: 'peer', library: 'dd-trace', packages: ['dd-trace'] } as const;

/** Datadog's tracer. */
export const DD_TRACE_ARMS = [
  {
    ...SHARED,
    name: 'dd-trace',
    captures: true, // Cuts every value at 25,000 characters.
    place: { ...CALL_AND_BATCH, C: 'C.bounded' },
    create: (peersUrl) => createDdTraceArm(peersUrl, true),
  },
  {
    ...SHARED,
    name: 'dd-trace-capture-off',
    captures: false,
    place: withoutCapture(CALL_AND_BATCH),
    create: (peersUrl) => createDdTraceArm(peersUrl, false),
  },
] as const satisfies readonly ArmDefinition[];
