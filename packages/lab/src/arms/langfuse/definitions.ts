import type { ArmDefinition } from '../contract.js';
import { CALL_AND_BATCH, WRAPPER_AND_BATCH, withoutCapture } from '../place.js';
import { createLangfuseArm } from './arm.js';
import { createLangfuseLangChainArm, createLangfuseOpenAiArm } from './drop-ins.js';
import { createLangfuseLowLevelArm } from './low-level.js';
import { maskPeople } from './mask.js';

const PACKAGES = ['@langfuse/tracing', '@langfuse/otel', '@opentelemetry/sdk-node'] as const;
const SHARED = { side: 'peer', library: 'langfuse', packages: PACKAGES } as const;
const CAPTURING = { ...SHARED, captures: true } as const;

/** Langfuse's tracing on OpenTelemetry, from version 4 on. */
export const LANGFUSE_ARMS = [
  {
    ...CAPTURING,
    name: 'langfuse',
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
  {
    ...CAPTURING,
    name: 'langfuse-low-level',
    place: CALL_AND_BATCH,
    create: (peersUrl) => createLangfuseLowLevelArm(peersUrl),
  },
  {
    ...CAPTURING,
    name: 'langfuse-openai',
    packages: [...PACKAGES, '@langfuse/openai', 'openai'],
    place: { ...WRAPPER_AND_BATCH, A: 'A.client-drop-in' },
    create: (peersUrl) => createLangfuseOpenAiArm(peersUrl),
  },
  {
    ...CAPTURING,
    name: 'langfuse-langchain',
    packages: [...PACKAGES, '@langfuse/langchain', '@langchain/core'],
    place: { ...WRAPPER_AND_BATCH, A: 'A.framework-callback' },
    create: (peersUrl) => createLangfuseLangChainArm(peersUrl),
  },
  {
    ...CAPTURING,
    name: 'langfuse-masked',
    place: { ...WRAPPER_AND_BATCH, C: 'C.masked' },
    create: (peersUrl) => createLangfuseArm(peersUrl, true, { mask: maskPeople }),
  },
  {
    ...CAPTURING,
    name: 'langfuse-immediate',
    place: { ...WRAPPER_AND_BATCH, B: 'B.awaited-a-span' },
    create: (peersUrl) => createLangfuseArm(peersUrl, true, { exportMode: 'immediate' }),
  },
] as const satisfies readonly ArmDefinition[];
