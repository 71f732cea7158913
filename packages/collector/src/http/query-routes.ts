import { type Status, traceListQuerySchema } from '@slipstream/query-api';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Store } from '../store/contract.js';
import { describeIssues, sendApiError } from './api-error.js';

export interface QueryRoutesSettings {
  readonly store: Store;
  readonly status: () => Promise<Status>;
}

function hexId(digits: number) {
  const message = `must be ${digits} hexadecimal digits`;
  return z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`), message)
    .transform((id) => id.toLowerCase());
}

const traceParamsSchema = z.object({ traceId: hexId(32) });
const observationParamsSchema = traceParamsSchema.extend({ spanId: hexId(16) });
const observationQuerySchema = z.object({ full: z.enum(['0', '1']).optional() });

/** The read API: lists, one trace, one observation, facets, status. */
export async function queryRoutes(app: FastifyInstance, settings: QueryRoutesSettings): Promise<void> {
  const { store } = settings;
  // What a browser kept from before would look like data that does not change.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });

  app.get('/api/v1/traces', async (request, reply) => {
    const query = traceListQuerySchema.safeParse(request.query);
    if (!query.success) return sendApiError(reply, 400, 'invalid_query', describeIssues(query.error));
    return store.listTraces(query.data);
  });

  app.get('/api/v1/traces/:traceId', async (request, reply) => {
    const params = traceParamsSchema.safeParse(request.params);
    if (!params.success) return sendApiError(reply, 400, 'invalid_id', describeIssues(params.error));
    const detail = await store.trace(params.data.traceId);
    return detail ?? sendApiError(reply, 404, 'trace_not_found', 'There is no trace with this id.');
  });

  app.get('/api/v1/traces/:traceId/observations/:spanId', async (request, reply) => {
    const params = observationParamsSchema.safeParse(request.params);
    if (!params.success) return sendApiError(reply, 400, 'invalid_id', describeIssues(params.error));
    const query = observationQuerySchema.safeParse(request.query);
    if (!query.success) return sendApiError(reply, 400, 'invalid_query', describeIssues(query.error));
    const { traceId, spanId } = params.data;
    const detail = await store.observation(traceId, spanId, query.data.full === '1');
    return detail ?? sendApiError(reply, 404, 'observation_not_found', 'There is no observation with these ids.');
  });

  app.get('/api/v1/facets', async () => store.facets());
  app.get('/api/v1/status', async () => settings.status());
}
