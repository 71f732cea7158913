import { type FastifyInstance, fastify } from 'fastify';
import { addressUnavailable, portInUse, systemCodeOf } from '../errors.js';
import { answerOtlpRefusal, markOtlpResponses } from '../receivers/otlp/receiver.js';
import { guardAccess } from './access.js';
import { answerErrors, sendApiError } from './api-error.js';
import { addSecurityHeaders } from './security-headers.js';
import { shownHost } from './shown-host.js';

export interface ServerSettings {
  readonly token: string | undefined;
  readonly allowedHosts: readonly string[];
  readonly bodyTimeoutMs: number;
  readonly onInternalError: (error: unknown) => void;
}

/** Bodies of our own JSON routes; the OTLP receiver has its own limits. */
const MAX_JSON_BODY_BYTES = 1024 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
/** Node's own cut-off, above that of every route. */
const LONGEST_BODY_TIMEOUT_MS = 3_600_000 + 5000;
/** After a receiver's own cut-off, which has an answer. */
const BODY_TIMEOUT_MARGIN_MS = 5000;
/** Every SDK process holds one or two; far below what a process may have open. */
const MAX_CONNECTIONS = 4096;
const TIMEOUT_CHECK_INTERVAL_MS = 1000;

/** An HTTP server with the safety of every answer in place, and no routes. */
export function createServer(settings: ServerSettings): FastifyInstance {
  const { bodyTimeoutMs } = settings;
  const app = fastify({
    logger: false,
    bodyLimit: MAX_JSON_BODY_BYTES,
    requestTimeout: LONGEST_BODY_TIMEOUT_MS,
    http: {
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, bodyTimeoutMs),
      connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
    },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  limitBodyTime(app, bodyTimeoutMs);
  addSecurityHeaders(app);
  markOtlpResponses(app);
  guardAccess(app, { ...settings, answerRefusal: answerOtlpRefusal });
  answerErrors(app, settings.onInternalError);
  app.setNotFoundHandler((_request, reply) =>
    sendApiError(reply, 404, 'not_found', 'There is nothing at this address.'),
  );
  return app;
}

/**
 * Cuts off who sends a body too slowly. A route that takes files says in its `config` how long one may take; Node's own
 * cut-off is one for all.
 */
function limitBodyTime(app: FastifyInstance, defaultTimeoutMs: number): void {
  const marginMs = Math.min(BODY_TIMEOUT_MARGIN_MS, defaultTimeoutMs);
  app.addHook('onRequest', async ({ raw, routeOptions }) => {
    const { bodyTimeoutMs = defaultTimeoutMs } = routeOptions.config as { readonly bodyTimeoutMs?: number };
    const timer = setTimeout(() => {
      if (!raw.complete) raw.destroy();
    }, bodyTimeoutMs + marginMs);
    timer.unref();
    raw.once('close', () => clearTimeout(timer));
  });
}

/**
 * Starts to listen and gives the address to show.
 *
 * @throws `PORT_IN_USE`, `ADDRESS_UNAVAILABLE`
 */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if (systemCodeOf(error) === 'EADDRINUSE') throw portInUse(host, port, error);
    throw systemCodeOf(error) === undefined ? error : addressUnavailable(host, port, error);
  }
  const address = app.server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${shownHost(host)}:${actualPort}`;
}
