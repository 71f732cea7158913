import type { ArmDefinition } from '../contract.js';
import { WRAPPER_AND_BATCH } from '../place.js';
import { createLangSmithArm } from './arm.js';
import { createLangSmithLangChainArm } from './langchain.js';

const SHARED = { side: 'peer', library: 'langsmith', packages: ['langsmith'] } as const;

/** LangSmith. */
export const LANGSMITH_ARMS = [
  {
    ...SHARED,
    name: 'langsmith',
    captures: true,
    place: WRAPPER_AND_BATCH,
    create: (peersUrl) => createLangSmithArm(peersUrl),
  },
  {
    ...SHARED,
    name: 'langsmith-langchain',
    captures: true,
    packages: ['langsmith', '@langchain/core'],
    place: { ...WRAPPER_AND_BATCH, A: 'A.framework-callback' },
    create: (peersUrl) => createLangSmithLangChainArm(peersUrl),
  },
] as const satisfies readonly ArmDefinition[];
