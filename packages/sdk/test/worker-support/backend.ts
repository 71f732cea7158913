import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { BOOKS_PATH, COLLECTOR_HEADER, encodeExportResponse, readExportRequest, type Span } from '@slipstream/wire';

/** What the backend does with one request; the default takes it. */
export type Answer = (response: http.ServerResponse, spans: readonly Span[], request: ReceivedRequest) => void;

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly bodyBytes: number;
  readonly spans: readonly Span[];
  readonly resource: ReadonlyMap<string, unknown>;
}

/** An OTLP backend over real HTTP, which keeps what it has taken. */
export interface TestBackend {
  readonly url: string;
  readonly port: number;
  readonly requests: ReceivedRequest[];
  /** Spans of requests that were answered with a 2xx. */
  readonly spans: Span[];
  readonly books: unknown[];
  /** Answers for the requests to come, one each; then the default again. */
  readonly answers: Answer[];
  /** For all requests without an answer of their own. */
  defaultAnswer: Answer;
  close(): Promise<void>;
}

export const accept: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
};

export const acceptAsCollector: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/x-protobuf', [COLLECTOR_HEADER]: '1' }).end();
};

export function refuse(status: number, headers: http.OutgoingHttpHeaders = {}): Answer {
  return (response) => {
    response.writeHead(status, headers).end();
  };
}

export function rejectPartly(rejectedSpans: bigint, errorMessage = 'no'): Answer {
  return (response) => {
    const body = encodeExportResponse({ partialSuccess: { rejectedSpans, errorMessage } });
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(body);
  };
}

export async function startBackend(defaultAnswer: Answer = accept, port = 0): Promise<TestBackend> {
  const backend = {
    url: '',
    port: 0,
    requests: [] as ReceivedRequest[],
    spans: [] as Span[],
    books: [] as unknown[],
    answers: [] as Answer[],
    defaultAnswer,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => response.destroy());
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      if (request.url === BOOKS_PATH) {
        backend.books.push(JSON.parse(body.toString('utf8')));
        response.writeHead(204, { [COLLECTOR_HEADER]: '1' }).end();
        return;
      }
      const received = receive(request, body);
      backend.requests.push(received);
      const answer = backend.answers.shift() ?? backend.defaultAnswer;
      answer(response, received.spans, received);
      if (response.headersSent && response.statusCode < 300) backend.spans.push(...received.spans);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  backend.port = (server.address() as AddressInfo).port;
  backend.url = `http://127.0.0.1:${backend.port}`;
  return backend;
}

function receive(request: http.IncomingMessage, body: Buffer): ReceivedRequest {
  const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const result = readExportRequest(bytes);
  if (result.rejections.length > 0) throw new TypeError(`refused by the reader: ${result.rejections[0]?.reason}`);
  const [resourceSpans] = result.request.resourceSpans;
  return {
    path: request.url ?? '',
    headers: request.headers,
    bodyBytes: body.length,
    spans: resourceSpans?.scopeSpans.flatMap((scope) => scope.spans) ?? [],
    resource: new Map(resourceSpans?.resource.attributes.map(({ key, value }) => [key, value])),
  };
}

/** A span's attributes by key. */
export function attributesOf(span: Span | undefined): Record<string, unknown> {
  return Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, value]));
}
