import { sqlRequestSchema } from '@slipstream/query-api';
import type { FastifyInstance } from 'fastify';
import type { Store } from '../store/contract.js';
import { sendApiError } from './api-error.js';
import { readInput } from './read-input.js';

export interface SqlRoutesSettings {
  readonly store: Pick<Store, 'sql'>;
}

/** `POST /api/v1/sql`: one statement that reads. */
export async function sqlRoutes(app: FastifyInstance, { store }: SqlRoutesSettings): Promise<void> {
  app.post('/api/v1/sql', async (request, reply) => {
    const body = readInput(sqlRequestSchema, request.body ?? {});
    if (body.kind === 'wrong') return sendApiError(reply, 400, 'invalid_request', body.message);
    reply.header('cache-control', 'no-store');
    return store.sql(body.value);
  });
}
