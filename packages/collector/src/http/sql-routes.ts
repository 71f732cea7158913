import { sqlRequestSchema } from '@slipstream/query-api';
import type { FastifyInstance } from 'fastify';
import type { Store } from '../store/contract.js';
import { describeIssues, sendApiError } from './api-error.js';

export interface SqlRoutesSettings {
  readonly store: Pick<Store, 'sql'>;
}

/** `POST /api/v1/sql`: one statement that reads. */
export async function sqlRoutes(app: FastifyInstance, { store }: SqlRoutesSettings): Promise<void> {
  app.post('/api/v1/sql', async (request, reply) => {
    const body = sqlRequestSchema.safeParse(request.body ?? {});
    if (!body.success) return sendApiError(reply, 400, 'invalid_request', describeIssues(body.error));
    reply.header('cache-control', 'no-store');
    return store.sql(body.data);
  });
}
