import type { CollectorEnvironment } from '@slipstream/query-api';
import type { FastifyInstance } from 'fastify';

export interface EnvRoutesSettings {
  /** Without secrets. */
  readonly environment: CollectorEnvironment;
}

/** `GET /api/v1/env`: the settings that the collector runs with. */
export async function envRoutes(app: FastifyInstance, { environment }: EnvRoutesSettings): Promise<void> {
  app.get('/api/v1/env', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return environment;
  });
}
