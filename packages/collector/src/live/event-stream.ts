import type { ServerResponse } from 'node:http';
import { traceFilterSchema } from '@slipstream/query-api';
import type { FastifyInstance } from 'fastify';
import { describeIssues, sendApiError } from '../http/api-error.js';
import type { LiveClient, LiveHub } from './hub.js';

/** What a client may leave unread before it is cut off: about a thousand summaries. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** `GET /api/v1/live`: server-sent events, filtered as the trace list is. */
export async function liveRoute(
  app: FastifyInstance,
  settings: { readonly hub: LiveHub; readonly maxUnreadBytes?: number },
): Promise<void> {
  app.get('/api/v1/live', async (request, reply) => {
    const filter = traceFilterSchema.safeParse(request.query);
    if (!filter.success) return sendApiError(reply, 400, 'invalid_filter', describeIssues(filter.error));
    const response = reply.raw;
    const client = createClient(response, settings.maxUnreadBytes ?? MAX_UNREAD_BYTES, () => reply.getHeaders());
    const unsubscribe = settings.hub.subscribe(filter.data, client);
    if (unsubscribe === undefined) {
      reply.header('retry-after', '5');
      return sendApiError(reply, 503, 'too_many_listeners', 'Too many live views are open. Close some and try again.');
    }
    reply.hijack();
    response.on('close', unsubscribe);
    // The peer may vanish; 'close' follows and does what is to be done.
    response.on('error', () => undefined);
    return reply;
  });
}

/** The headers go out with the first event, so that a refused client can still get a proper error. */
function createClient(
  response: ServerResponse,
  maxUnreadBytes: number,
  headers: () => Record<string, number | string | string[] | undefined>,
): LiveClient {
  return {
    send(event, data) {
      if (!response.headersSent) {
        response.writeHead(200, {
          ...headers(),
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          // Asks proxies in between not to collect the stream.
          'x-accel-buffering': 'no',
        });
      }
      if (response.writableEnded || response.destroyed) return true;
      response.write(`event: ${event}\ndata: ${data}\n\n`);
      return response.writableLength <= maxUnreadBytes;
    },
    end() {
      if (response.writableLength > 0) response.destroy();
      else response.end();
    },
  };
}
