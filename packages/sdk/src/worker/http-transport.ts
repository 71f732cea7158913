import http from 'node:http';
import https from 'node:https';
import { gzipSync } from 'node:zlib';
import { BOOKS_PATH, COLLECTOR_HEADER } from '@slipstream/wire';
import type { WorkerSettings } from './protocol.js';
import type { Transport, TransportOutcome, TransportRequest } from './transport.js';

const TRACES_PATH = '/v1/traces';

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

/**
 * A transport over `node:http` with connections kept alive. Redirects are not followed: a trace goes to the address
 * that was configured or nowhere.
 */
export function createHttpTransport(
  settings: Pick<WorkerSettings, 'url' | 'headers' | 'sdkVersion'>,
  timeouts: HttpTimeouts = DEFAULT_TIMEOUTS,
): Transport {
  const url = new URL(settings.url);
  const { request, Agent } = url.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const isLoopback = isLoopbackHost(url.hostname);
  const headers = baseHeaders(settings, url);
  const paths = { traces: tracesPath(url), books: BOOKS_PATH };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    isLoopback,
    origin: url.origin,
    close: () => agent.destroy(),
    post: async (message) => {
      try {
        const packed = pack(message, isLoopback);
        const options = {
          agent,
          host,
          port: url.port === '' ? undefined : Number(url.port),
          path: paths[message.target],
          method: 'POST',
          headers: { ...headers, ...packed.headers },
        };
        const first = await send(request(options), packed.body, timeouts);
        return first === 'stale' ? settled(await send(request(options), packed.body, timeouts)) : first;
      } catch (error) {
        // `request` throws on what it cannot send at all: a header with a line break, another protocol's address.
        return { kind: 'failed', reason: codeOf(error), hadConnection: false };
      }
    },
  };
}

/** The path for spans: as given when it names one, else OTLP's below it. */
export function tracesPath(url: URL): string {
  const path = url.pathname.replace(/\/+$/, '');
  return (path.endsWith(TRACES_PATH) ? path : path + TRACES_PATH) + url.search;
}

/** Whether a host name, as `URL` gives it, is this machine's own. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function baseHeaders(settings: Pick<WorkerSettings, 'headers' | 'sdkVersion'>, url: URL): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': `slipstream-node/${settings.sdkVersion}` };
  if (url.username !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value;
  return headers;
}

function pack(
  message: TransportRequest,
  isLoopback: boolean,
): { readonly body: Uint8Array; readonly headers: http.OutgoingHttpHeaders } {
  const isPacked = !isLoopback && message.body.length >= MIN_GZIP_BYTES;
  // On this thread and not in libuv's pool, which the application's files and look-ups share. Level 1 does 79 MB/s.
  const body = isPacked ? gzipSync(message.body, { level: 1 }) : message.body;
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
    const requestTimer = setTimeout(fail, timeouts.requestMs, 'ETIMEDOUT');
    outgoing.on('socket', (socket) => {
      hadConnection = !socket.connecting;
      if (hadConnection) return;
      connectTimer = setTimeout(fail, timeouts.connectMs, 'ECONNTIMEOUT');
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
