import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { createSinkLedger, type SinkCounts, type SinkLedger } from './counts.js';
import { visitDdSpans } from './dd-msgpack.js';
import { visitOtlpJsonSpans } from './otlp-json.js';
import { visitOtlpProtobufSpans } from './otlp-protobuf.js';

/** A batch of 512 spans of 100 KB, escaped, is about 60 MB: four times that can only be a fault. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** A backend that only counts. */
export interface Sink {
  /** Where arms send to, without a slash at the end. */
  readonly url: string;
  counts(): SinkCounts;
  reset(): void;
  close(): Promise<void>;
}

/** What the sink needs to know of a request to answer and to count it. */
interface TraceRoute {
  readonly format: 'otlp' | 'dd';
}

const ROUTES: ReadonlyMap<string, TraceRoute> = new Map([
  ['/v1/traces', { format: 'otlp' }],
  ['/api/public/otel/v1/traces', { format: 'otlp' }],
  ['/v0.4/traces', { format: 'dd' }],
]);

/** What a Datadog agent says of itself, as far as the tracer asks. */
const DD_AGENT_INFO = JSON.stringify({ version: '7.0.0', endpoints: ['/v0.4/traces'], client_drop_p0s: false });
const DD_TRACES_ANSWER = JSON.stringify({ rate_by_service: { 'service:,env:': 1 } });

/**
 * Starts a sink on a free port of the loopback interface. It answers as soon as a body is in and counts afterwards,
 * so that counting never holds back a sender.
 */
export async function startSink(): Promise<Sink> {
  const ledger = createSinkLedger();
  const uncounted: (() => void)[] = [];
  const countAll = (): void => {
    for (const count of uncounted.splice(0)) count();
  };
  const server = createServer((request, response) => {
    const route = ROUTES.get((request.url ?? '').split('?', 1)[0] ?? '');
    receive(request, response, (body) => {
      if (route === undefined) {
        ledger.addOther();
        answer(response, 'application/json', request.url === '/info' ? DD_AGENT_INFO : '{}');
        return;
      }
      uncounted.push(() => countBody(ledger, route, request, body));
      setImmediate(countAll);
      answerTraces(request, response, route);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    counts() {
      countAll();
      return ledger.counts();
    },
    reset() {
      countAll();
      ledger.reset();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function receive(request: IncomingMessage, response: ServerResponse, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      response.writeHead(413).end();
      request.destroy();
    } else chunks.push(chunk);
  });
  request.on('end', () => done(Buffer.concat(chunks)));
  // A sender that goes away in mid-request delivered nothing: the ledger shows it as missing spans.
  request.on('error', () => response.destroy());
}

function answerTraces(request: IncomingMessage, response: ServerResponse, route: TraceRoute): void {
  if (route.format === 'dd') answer(response, 'application/json', DD_TRACES_ANSWER);
  else if (isJson(request)) answer(response, 'application/json', '{}');
  else answer(response, 'application/x-protobuf', '');
}

function answer(response: ServerResponse, contentType: string, body: string): void {
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }).end(body);
}

function isJson(request: IncomingMessage): boolean {
  return (request.headers['content-type'] ?? '').includes('json');
}

function countBody(ledger: SinkLedger, route: TraceRoute, request: IncomingMessage, sent: Buffer): void {
  try {
    const gzipped = request.headers['content-encoding'] === 'gzip';
    const body = gzipped ? gunzipSync(sent, { maxOutputLength: MAX_BODY_BYTES }) : sent;
    ledger.addRequest(sent.length, body.length);
    if (route.format === 'dd') visitDdSpans(body, ledger.addSpan);
    else if (isJson(request)) visitOtlpJsonSpans(body, ledger.addSpan);
    else visitOtlpProtobufSpans(body, ledger.addSpan);
  } catch {
    // Whatever is wrong with a body, its spans did not arrive; the run goes on and the count tells.
    ledger.addMalformed();
  }
}
