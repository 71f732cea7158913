import type { ArmDefinition } from '../contract.js';
import { WRAPPER_AND_BATCH } from '../place.js';
import { createOpenInferenceArm } from './arm.js';
import { createOpenInferenceOpenAiArm } from './openai.js';

const SHARED = { side: 'peer', library: 'openinference', captures: true } as const;

/** OpenInference: Phoenix's and Arize's way to make spans. */
export const OPENINFERENCE_ARMS = [
  {
    ...SHARED,
    name: 'openinference',
    packages: ['@arizeai/openinference-core'],
    place: WRAPPER_AND_BATCH,
    create: (peersUrl) => createOpenInferenceArm(peersUrl),
  },
  {
    ...SHARED,
    name: 'openinference-openai',
    packages: ['@arizeai/openinference-instrumentation-openai', 'openai'],
    place: { ...WRAPPER_AND_BATCH, A: 'A.client-drop-in' },
    create: (peersUrl) => createOpenInferenceOpenAiArm(peersUrl),
  },
] as const satisfies readonly ArmDefinition[];
