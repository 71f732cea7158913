import { BOOKS_PATH, COLLECTOR_HEADER } from '@slipstream/wire';
import { gzip } from '../worker/compression.js';
import { baseHeaders, ingestionPath, isLoopbackHost, tracesPath } from '../worker/endpoint.js';
import type { WorkerSettings } from '../worker/protocol.js';
import type { Transport, TransportOutcome, TransportRequest } from '../worker/transport.js';

const REQUEST_TIMEOUT_MS = 10_000;

/** Below this a body is smaller than what packing it costs. */
const MIN_GZIP_BYTES = 1024;

/** OTLP responses are tens of bytes; of a larger one only the status counts. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/** A transport over the web's `fetch`, for runtimes without `node:http`. Redirects are not followed. */
export function createFetchTransport(settings: Pick<WorkerSettings, 'url' | 'headers' | 'sdkVersion'>): Transport {
  const url = new URL(settings.url);
  const isLoopback = isLoopbackHost(url.hostname);
  const headers = baseHeaders(settings, url);
  const paths = { traces: tracesPath(url), books: BOOKS_PATH, scores: ingestionPath(url) };
  return {
    isLoopback,
    origin: url.origin,
    close: () => undefined,
    post: async (message) => {
      try {
        return await answerOf(
          await fetch(url.origin + paths[message.target], await requestOf(message, headers, isLoopback)),
        );
      } catch (error) {
        return { kind: 'failed', reason: reasonOf(error), hadConnection: true };
      }
    },
  };
}

async function requestOf(
  { body, contentType, target }: TransportRequest,
  headers: Readonly<Record<string, string>>,
  isLoopback: boolean,
): Promise<RequestInit> {
  // Langfuse's ingestion API does not unpack what it gets.
  const isPacked = !isLoopback && target !== 'scores' && body.length >= MIN_GZIP_BYTES;
  const packed = isPacked ? await gzip(body, true) : body;
  return {
    method: 'POST',
    headers: { ...headers, 'content-type': contentType, ...(isPacked ? { 'content-encoding': 'gzip' } : {}) },
    body: packed as NonNullable<RequestInit['body']>,
    redirect: 'manual',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  };
}

async function answerOf(response: Response): Promise<TransportOutcome> {
  const content = new Uint8Array(await response.arrayBuffer().catch(() => new ArrayBuffer(0)));
  return {
    kind: 'answered',
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    retryAfter: response.headers.get('retry-after') ?? undefined,
    isCollector: response.headers.has(COLLECTOR_HEADER),
    body: content.subarray(0, MAX_RESPONSE_BYTES),
  };
}

/** A code where the runtime gives one; never a message, which may name what was sent. */
function reasonOf(error: unknown): string {
  const { name, code, cause } = error as { name?: unknown; code?: unknown; cause?: { readonly code?: unknown } };
  if (name === 'TimeoutError') return 'ETIMEDOUT';
  const known = [cause?.code, code, name].find((value) => typeof value === 'string');
  return known === undefined ? 'EUNKNOWN' : String(known);
}
