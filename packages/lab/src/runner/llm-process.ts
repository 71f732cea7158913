import type { LlmReply, LlmRequest } from '../llm/protocol.js';
import { startProcess } from './child.js';

const ANSWER_LIMIT_MS = 30_000;

/** An OpenAI-compatible server in its own process. */
export interface LlmProcess {
  /** Base URL for a client. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the model that the work `openai` calls. */
export async function startLlmProcess(modulePath: string): Promise<LlmProcess> {
  const child = startProcess<LlmReply, LlmRequest>(modulePath, {});
  const { url } = await child.receive('listening', ANSWER_LIMIT_MS);
  return {
    url,
    async stop() {
      child.send({ type: 'stop' });
      await child.waitForEnd(ANSWER_LIMIT_MS);
    },
  };
}
