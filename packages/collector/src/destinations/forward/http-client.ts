import http from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { systemCodeOf } from '../../errors.js';

const gzipAsync = promisify(gzip);

/** What came of one request. */
export type HttpOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly contentType: string;
      readonly retryAfter: string | undefined;
      /** What came of the body within its limits. */
      readonly body: Buffer;
    }
  /** No answer: the system's code (`ECONNREFUSED`, …), or ours for a limit of time. */
  | { readonly kind: 'failed'; readonly code: string };

export interface HttpRequest {
  readonly url: URL;
  readonly headers: http.OutgoingHttpHeaders;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly isPacked: boolean;
}

export interface HttpClient {
  /** Resolves once, whatever happens; an abort is a failure. */
  post(request: HttpRequest, signal: AbortSignal): Promise<HttpOutcome>;
  /** Cuts what is open. */
  close(): void;
}

/** Answers to an export are small; a server that sends more is broken, or hostile. */
const MAX_RESPONSE_BYTES = 64 * 1024;
/** The status has said nearly everything; what comes slower than this is not waited for. */
const DEFAULT_RESPONSE_BODY_MS = 5000;
/** The loop sends one at a time, and a replay beside it. */
const MAX_SOCKETS = 2;
/** Below this a body is smaller than what gzip's time buys. */
const MIN_GZIP_BYTES = 1024;
/** Text of traces becomes a fifth of its size; higher levels take twice the time for little more. */
const GZIP_LEVEL = 1;

/** A kept connection that the server closed just as it was used again: no fault of the backend. */
type Stale = 'stale';

export interface HttpTimeouts {
  /** From the call to the answer's headers, the connection included. */
  readonly answerMs: number;
  /** From the headers to the end of the body. @default 5,000 */
  readonly bodyMs?: number | undefined;
}

/**
 * A client over `node:http` with connections kept alive. Redirects are not followed: spans go to the address that was
 * configured or nowhere.
 */
export function createHttpClient(timeouts: HttpTimeouts): HttpClient {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
  };
  return {
    async post(request, signal) {
      try {
        const { body, headers } = await pack(request);
        const attempt = () => send(open(request, agents, headers), body, timeouts, signal);
        const first = await attempt();
        if (first !== 'stale') return first;
        const second = await attempt();
        return second === 'stale' ? { kind: 'failed', code: 'ECONNRESET' } : second;
      } catch (error) {
        // What cannot be sent at all.
        return { kind: 'failed', code: systemCodeOf(error) ?? 'EUNKNOWN' };
      }
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

async function pack({ body, isPacked, contentType, headers }: HttpRequest) {
  const shouldPack = isPacked && body.byteLength >= MIN_GZIP_BYTES;
  const packed = shouldPack ? await gzipAsync(body, { level: GZIP_LEVEL }) : body;
  const own = { 'content-type': contentType, 'content-length': packed.byteLength };
  return {
    body: packed,
    headers: { ...headers, ...own, ...(shouldPack ? { 'content-encoding': 'gzip' } : {}) },
  };
}

function open(
  { url }: HttpRequest,
  agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent },
  headers: http.OutgoingHttpHeaders,
): http.ClientRequest {
  return url.protocol === 'https:'
    ? https.request(url, { method: 'POST', agent: agents['https:'], headers })
    : http.request(url, { method: 'POST', agent: agents['http:'], headers });
}

/** Resolves once, whatever the request does. */
function send(
  outgoing: http.ClientRequest,
  body: Uint8Array,
  { answerMs, bodyMs = DEFAULT_RESPONSE_BODY_MS }: HttpTimeouts,
  signal: AbortSignal,
): Promise<HttpOutcome | Stale> {
  return new Promise((resolve) => {
    let hasResponse = false;
    const finish = (outcome: HttpOutcome | Stale) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(outcome);
    };
    const fail = (code: string) => {
      const isStale = outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
      // A server may answer early and then cut the request off: the answer counts.
      if (!hasResponse) finish(isStale ? 'stale' : { kind: 'failed', code });
      outgoing.destroy();
    };
    const abort = () => {
      fail('EABORTED');
      outgoing.destroy();
    };
    const timer = setTimeout(fail, answerMs, 'ETIMEDOUT');
    signal.addEventListener('abort', abort, { once: true });
    // Stays for good: a destroyed request reports that as an error of its own.
    outgoing.on('error', (error) => fail(systemCodeOf(error) ?? 'EUNKNOWN'));
    outgoing.on('response', (response) => {
      hasResponse = true;
      clearTimeout(timer);
      readBody(response, bodyMs, (content) => {
        finish(answerOf(response, content));
        // The rest of a request that was refused before it was read is not sent.
        if (!outgoing.writableFinished) outgoing.destroy();
      });
    });
    if (signal.aborted) abort();
    else outgoing.end(body);
  });
}

function answerOf(response: http.IncomingMessage, body: Buffer): HttpOutcome {
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    retryAfter: response.headers['retry-after'],
    body,
  };
}

/** Calls back once, with what came within the limits; a response beyond them costs its connection. */
function readBody(response: http.IncomingMessage, limitMs: number, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
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
    const restBytes = MAX_RESPONSE_BYTES - sizeBytes;
    chunks.push(chunk.length > restBytes ? chunk.subarray(0, restBytes) : chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_RESPONSE_BYTES) cutOff();
  });
  response.on('end', finish);
  // A connection that breaks inside the body: the status was there, and counts.
  response.on('error', finish);
  response.on('close', finish);
}
