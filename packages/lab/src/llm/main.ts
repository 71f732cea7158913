import { createLlmServer } from '@slipstream/testkit';
import type { LlmReply, LlmRequest } from './protocol.js';

// The model that the work `openai` calls, in a process of its own: what an answer costs is no part of a figure.
const server = await createLlmServer({ seed: 'lab' });

function reply(message: LlmReply): void {
  process.send?.(message);
}

process.on('message', ({ type }: LlmRequest) => {
  if (type === 'stop') process.disconnect();
});
process.on('disconnect', () => void server.close());

reply({ type: 'listening', url: server.url });
