import type http from 'node:http';
import { BOOKS_PATH, COLLECTOR_HEADER } from '@slipstream/wire';
import { builtin } from '../runtime.js';
import { gzip } from './compression.js';
import { baseHeaders, ingestionPath, isLoopbackHost, tracesPath } from './endpoint.js';
import { MissingModuleError } from './errors.js';
import type { WorkerSettings } from './protocol.js';
import type { Transport, TransportOutcome, TransportRequest } from './transport.js';

/** OTLP responses are tens of bytes; a server that sends more is broken, or hostile. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/** Below this a body is smaller than what gzip's time buys. */
const MIN_GZIP_BYTES = 1024;

const MAX_SOCKETS = 8;

export interface HttpTimeouts {
  /** To a connection, TLS included. */
  readonly connectMs: number;
  /** From the call to the response's headers. */
  readonly requestMs: number;
  /** From the headers to the end of the body, which hardly matters: the status has said it. */
  readonly bodyMs: number;
}

const DEFAULT_TIMEOUTS: HttpTimeouts = { connectMs: 5_000, requestMs: 10_000, bodyMs: 2_000 };

/** Looking up a name and connecting keep a process alive whatever we do, so on its own thread they get less time. */
const SHARED_THREAD_TIMEOUTS: HttpTimeouts = { ...DEFAULT_TIMEOUTS, connectMs: 1_000 };

/**
 * A transport over `node:http` with connections kept alive. Redirects are not followed: a trace goes to the address
 * that was configured or nowhere.
 */
export function createHttpTransport(
  settings: Pick<WorkerSettings, 'url' | 'headers' | 'sdkVersion' | 'sharesThread'>,
  timeouts: HttpTimeouts = settings.sharesThread ? SHARED_THREAD_TIMEOUTS : DEFAULT_TIMEOUTS,
): Transport {
  const url = new URL(settings.url);
  const { request, Agent } = clientFor(url);
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const isLoopback = isLoopbackHost(url.hostname);
  const headers = baseHeaders(settings, url);
  const paths = { traces: tracesPath(url), books: BOOKS_PATH, scores: ingestionPath(url) };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    isLoopback,
    origin: url.origin,
    close: () => agent.destroy(),
    post: async (message) => {
      try {
        const packed = await pack(message, isLoopback, settings.sharesThread);
        const options = {
          agent,
          host,
          port: url.port === '' ? undefined : Number(url.port),
          path: paths[message.target],
          method: 'POST',
          headers: { ...headers, ...packed.headers },
        };
        const attempt = () => send(request(options), packed.body, timeouts, settings.sharesThread);
        const first = await attempt();
        return first === 'stale' ? settled(await attempt()) : first;
      } catch (error) {
        // `request` throws on what it cannot send at all: a header with a line break, another protocol's address.
        return { kind: 'failed', reason: codeOf(error), hadConnection: false };
      }
    },
  };
}

function clientFor(url: URL): Pick<typeof http, 'request' | 'Agent'> {
  const client = builtin(url.protocol === 'https:' ? 'node:https' : 'node:http');
  if (client === undefined) throw new MissingModuleError('node:http');
  return client;
}

async function pack(
  message: TransportRequest,
  isLoopback: boolean,
  sharesThread: boolean,
): Promise<{ readonly body: Uint8Array; readonly headers: http.OutgoingHttpHeaders }> {
  // Langfuse's ingestion API does not unpack what it gets.
  const isPacked = !isLoopback && message.target !== 'scores' && message.body.length >= MIN_GZIP_BYTES;
  const body = isPacked ? await gzip(message.body, sharesThread) : message.body;
  const headers: http.OutgoingHttpHeaders = { 'content-type': message.contentType, 'content-length': body.length };
  if (isPacked) headers['content-encoding'] = 'gzip';
  return { body, headers };
}

/** A kept connection that the server closed just as it was used again: no fault of the backend. */
type Stale = 'stale';

function settled(outcome: TransportOutcome | Stale): TransportOutcome {
  return outcome === 'stale' ? { kind: 'failed', reason: 'ECONNRESET', hadConnection: true } : outcome;
}

/** Resolves once, whatever the request does. */
function send(
  outgoing: http.ClientRequest,
  body: Uint8Array,
  timeouts: HttpTimeouts,
  sharesThread: boolean,
): Promise<TransportOutcome | Stale> {
  return new Promise((resolve) => {
    let connectTimer: NodeJS.Timeout | undefined;
    let hasResponse = false;
    let hadConnection = false;
    const stopTimers = () => {
      clearTimeout(requestTimer);
      clearTimeout(connectTimer);
    };
    const fail = (reason: string) => {
      stopTimers();
      const isStale = outgoing.reusedSocket && (reason === 'ECONNRESET' || reason === 'EPIPE');
      // A server may answer early and then cut the request off: the answer counts.
      if (!hasResponse) resolve(isStale ? 'stale' : { kind: 'failed', reason, hadConnection });
      outgoing.destroy();
    };
    const startTimer = (limitMs: number, reason: string) => {
      const timer = setTimeout(fail, limitMs, reason);
      return sharesThread ? timer.unref() : timer;
    };
    const requestTimer = startTimer(timeouts.requestMs, 'ETIMEDOUT');
    outgoing.on('socket', (socket) => {
      // The application's process does not stay for us: what waits is delivered when it ends, in bounded time.
      if (sharesThread) socket.unref();
      hadConnection = !socket.connecting;
      if (hadConnection) return;
      connectTimer = startTimer(timeouts.connectMs, 'ECONNTIMEOUT');
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
        hadConnection = true;
        clearTimeout(connectTimer);
      });
    });
    // Stays for good: a destroyed request reports that as an error of its own.
    outgoing.on('error', (error) => fail(codeOf(error)));
    outgoing.on('response', (response) => {
      hasResponse = true;
      stopTimers();
      readBody(response, timeouts.bodyMs, (content) => resolve(answer(response, content)));
    });
    outgoing.end(body);
  });
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'EUNKNOWN';
}

function answer(response: http.IncomingMessage, body: Uint8Array): TransportOutcome {
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    contentType: String(response.headers['content-type'] ?? ''),
    retryAfter: response.headers['retry-after'],
    isCollector: response.headers[COLLECTOR_HEADER] !== undefined,
    body,
  };
}

/** Calls back once, with what came within the limits; a response beyond them costs its connection. */
function readBody(response: http.IncomingMessage, limitMs: number, done: (body: Uint8Array) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isDone = false;
  const finish = () => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    done(Buffer.concat(chunks));
  };
  const cutOff = () => {
    finish();
    response.destroy();
  };
  const timer = setTimeout(cutOff, limitMs);
  response.on('data', (chunk: Buffer) => {
    const rest = MAX_RESPONSE_BYTES - size;
    chunks.push(chunk.length > rest ? chunk.subarray(0, rest) : chunk);
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) cutOff();
  });
  response.on('end', finish);
  // A connection that breaks inside the body: the status was there, and counts.
  response.on('error', finish);
  response.on('close', finish);
}
