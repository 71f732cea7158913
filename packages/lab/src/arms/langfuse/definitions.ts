import type { ArmDefinition } from '../contract.js';
import { WRAPPER_AND_BATCH, withoutCapture } from '../place.js';
import { createLangfuseArm } from './arm.js';

const SHARED = {
  side: 'peer',
  library: 'langfuse',
  packages: ['@langfuse/tracing', '@langfuse/otel', '@opentelemetry/sdk-node'],
} as const;

/** Langfuse's tracing on OpenTelemetry, from version 4 on. */
export const LANGFUSE_ARMS = [
  {
    ...SHARED,
    name: 'langfuse',
    captures: true,
    place: WRAPPER_AND_BATCH,
    create: (peersUrl) => createLangfuseArm(peersUrl, true),
  },
  {
    ...SHARED,
    name: 'langfuse-capture-off',
    captures: false,
    place: withoutCapture(WRAPPER_AND_BATCH),
    create: (peersUrl) => createLangfuseArm(peersUrl, false),
  },
] as const satisfies readonly ArmDefinition[];
