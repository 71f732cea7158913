import type { Arm } from '../../arms/contract.js';
import { type ArmName, describeArm } from '../../arms/registry.js';
import type { Payload } from '../payload.js';
import { createTracedWork, SPANS_PER_TRACE } from '../traced-work.js';
import { createDeepWork } from './deep-work.js';
import { createLangChainWork } from './langchain-work.js';
import { createOpenAiWork } from './openai-work.js';
import type { TracedWork, WorkKind } from './work.js';

/** Which work, and what it needs. */
export interface WorkChoice {
  readonly arm: ArmName;
  readonly peersUrl: string;
  /** @default 'functions' */
  readonly work?: WorkKind;
  /** For the work `openai`. */
  readonly llmUrl?: string;
}

/** Makes the work that an arm, which is set up, traces. */
export async function openWork(choice: WorkChoice, arm: Arm, payload: Payload): Promise<TracedWork> {
  const { peersUrl, work = 'functions', llmUrl = '' } = choice;
  switch (work) {
    case 'functions':
      return {
        runTrace: createTracedWork(arm, payload, 0),
        unitsPerTrace: SPANS_PER_TRACE,
        spansPerTrace: SPANS_PER_TRACE,
        textPerSpan: payload.textLength,
        waitsForSockets: false,
      };
    case 'deep':
      return createDeepWork(arm, payload);
    case 'openai':
      return withSpans(choice.arm, await createOpenAiWork(arm, { peersUrl, llmUrl }, payload));
    case 'langchain':
      return withSpans(choice.arm, await createLangChainWork(arm, peersUrl, payload));
  }
}

function withSpans(arm: ArmName, work: Omit<TracedWork, 'spansPerTrace'>): TracedWork {
  return { ...work, spansPerTrace: describeArm(arm).spansPerTrace ?? work.unitsPerTrace };
}
