import { type FastifyInstance, fastify } from 'fastify';
import { addressUnavailable, portInUse, systemCodeOf } from '../errors.js';
import { markOtlpResponses } from '../receivers/otlp/receiver.js';
import { guardAccess } from './access.js';
import { answerErrors, sendApiError } from './api-error.js';
import { addSecurityHeaders } from './security-headers.js';

export interface ServerSettings {
  readonly token: string | undefined;
  readonly allowedHosts: readonly string[];
  readonly bodyTimeoutMs: number;
  readonly onInternalError: (error: unknown) => void;
}

/** Bodies of our own JSON routes; the OTLP receiver has its own limits. */
const MAX_JSON_BODY_BYTES = 1024 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
/** Node's own cut-off, for requests that get past the receiver's. */
const REQUEST_TIMEOUT_MARGIN_MS = 5000;
/** Every SDK process holds one or two; far below what a process may have open. */
const MAX_CONNECTIONS = 4096;
const TIMEOUT_CHECK_INTERVAL_MS = 1000;

/** An HTTP server with the safety of every answer in place, and no routes. */
export function createServer(settings: ServerSettings): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: MAX_JSON_BODY_BYTES,
    requestTimeout: settings.bodyTimeoutMs + REQUEST_TIMEOUT_MARGIN_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  addSecurityHeaders(app);
  markOtlpResponses(app);
  guardAccess(app, settings);
  answerErrors(app, settings.onInternalError);
  app.setNotFoundHandler((_request, reply) =>
    sendApiError(reply, 404, 'not_found', 'There is nothing at this address.'),
  );
  return app;
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

/** "Every address" is none that a browser can open. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
