import { seriesQuerySchema } from '@slipstream/query-api';
import type { FastifyInstance } from 'fastify';
import type { Store } from '../store/contract.js';
import { sendApiError } from './api-error.js';
import { readInput } from './read-input.js';
import { seriesRange } from './series-range.js';

/** Volume and percentiles over time. */
export async function seriesRoutes(app: FastifyInstance, { store }: { readonly store: Store }): Promise<void> {
  app.get('/api/v1/series', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const query = readInput(seriesQuerySchema, request.query);
    if (query.kind === 'wrong') return sendApiError(reply, 400, 'invalid_query', query.message);
    const range = seriesRange(query.value, Date.now() * 1000);
    if (range.kind === 'wrong') return sendApiError(reply, 400, 'invalid_query', range.message);
    return store.series(range.request);
  });
}
