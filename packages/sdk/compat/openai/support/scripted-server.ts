import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface ArrivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a request is told; `events` makes it a stream of server-sent events. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  /** The data of each event; with `event` it has a name. */
  readonly events?: readonly unknown[];
  /** Names the events by their `type`, as the Responses API and Anthropic do. */
  readonly named?: boolean;
  /**
   * How the reply ends: whole, whole without `[DONE]`, by a cut of the connection, or not at all until the client
   * goes; `silent` does not even begin. @default 'done'
   */
  readonly ends?: 'done' | 'plain' | 'cut' | 'hold' | 'silent';
}

export interface ScriptedServer {
  /** With `/v1`. */
  readonly url: string;
  readonly requests: readonly ArrivedRequest[];
  /** Resolves when a client has left a reply that is held. */
  abandoned(): Promise<void>;
  close(): Promise<void>;
}

/** A server on loopback that answers each request as the script says; the script gets the request and its number. */
export async function openScriptedServer(
  script: (request: ArrivedRequest, index: number) => Reply,
): Promise<ScriptedServer> {
  const requests: ArrivedRequest[] = [];
  const { promise: left, resolve: leave } = Promise.withResolvers?.<void>() ?? withResolvers<void>();
  const server = createServer((request, response) => {
    response.once('close', () => {
      if (!response.writableFinished) leave();
    });
    void readAll(request).then((body) => {
      const arrived = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      requests.push(arrived);
      send(response, script(arrived, requests.length - 1));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    abandoned: () => left,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `Promise.withResolvers` is not in Node 20. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolveIt) => {
    resolve = resolveIt;
  });
  return { promise, resolve };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

function send(response: ServerResponse, reply: Reply): void {
  const { status = 200, ends = 'done', json, text, events } = reply;
  if (ends === 'silent') return;
  const headers = { 'x-request-id': 'req_scripted', 'request-id': 'req_scripted', ...reply.headers };
  if (events !== undefined) {
    response.writeHead(status, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });
    for (const event of events) response.write(frame(event, reply.named === true));
    finish(response, ends, ends === 'done' && reply.named !== true ? 'data: [DONE]\n\n' : '');
    return;
  }
  const body = text ?? JSON.stringify(json);
  const type = text === undefined ? 'application/json' : 'text/plain';
  response.writeHead(status, { 'content-type': type, ...headers });
  if (ends === 'done' || ends === 'plain') response.end(body);
  else finish(response, ends, body.slice(0, 1));
}

function frame(event: unknown, named: boolean): string {
  const data = typeof event === 'string' ? event : JSON.stringify(event);
  const name = named ? `event: ${(event as { type: string }).type}\n` : '';
  return `${name}data: ${data}\n\n`;
}

function finish(response: ServerResponse, ends: Reply['ends'], rest: string): void {
  if (ends === 'hold') response.flushHeaders();
  // A client throws away what it has not read when the connection breaks: the cut comes after it was written.
  else if (ends === 'cut') response.write(rest || ' ', () => setImmediate(() => response.destroy()));
  else response.end(rest);
}
