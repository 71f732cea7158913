import type { FastifyInstance } from 'fastify';
import { COLLECTOR_VERSION } from '../../version.js';

/** What Langfuse's libraries show of the project that their keys belong to. */
const PROJECT = {
  id: 'slipstream',
  name: 'Slipstream',
  metadata: {},
  organization: { id: 'slipstream', name: 'Slipstream' },
} as const;

const NOT_FOUND_MESSAGE =
  'This collector takes traces and scores; it has no prompts, datasets, media, or other parts of the Langfuse API.';

/**
 * What Langfuse's libraries ask at start, so that their `auth_check()` passes where the token is right, and a clear
 * answer to everything else that they may ask for.
 */
export async function langfuseSdkRoutes(app: FastifyInstance): Promise<void> {
  app.get('/api/public/health', async () => ({ status: 'OK', version: COLLECTOR_VERSION }));
  app.get('/api/public/projects', async () => ({ data: [PROJECT] }));
  // Their readers of errors look for `message` at the top, ours in `error`.
  app.all('/api/public/*', async (_request, reply) =>
    reply.code(404).send({ message: NOT_FOUND_MESSAGE, error: { code: 'not_found', message: NOT_FOUND_MESSAGE } }),
  );
}
