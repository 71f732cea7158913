/** Another backend that spans are forwarded to: it keeps what it acknowledged, and fails as told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { readExportRequest } from '@slipstream/wire';

export const BACKEND_FAULTS = ['refusing', 'hanging', '429', '500', '503', 'reset', 'trickle'] as const;
export type BackendFault = (typeof BACKEND_FAULTS)[number];

const TRICKLE_INTERVAL_MS = 100;

export class Backend {
  /** How often each span (trace id + span id) was acknowledged. */
  readonly deliveries = new Map<string, number>();
  #server: Server | undefined;
  #port = 0;
  #fault: BackendFault | undefined;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#handle(request, response).catch(() => request.destroy());
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async fail(fault: BackendFault | undefined): Promise<void> {
    const wasRefusing = this.#fault === 'refusing';
    this.#fault = fault;
    if (fault === 'refusing') await this.close();
    else if (wasRefusing) await this.start();
    // Connections that hang in an older fault would outlast it.
    else if (fault === undefined) this.#server?.closeAllConnections();
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
      // Half of the body has come, perhaps all of it: the sender cannot know.
      if (this.#fault === 'reset') return void request.socket.resetAndDestroy();
    }
    const fault = this.#fault;
    switch (fault) {
      case undefined:
        this.#keep(request, Buffer.concat(chunks));
        return void response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      case '429':
        return void response.writeHead(429, { 'retry-after': '1' }).end();
      case '500':
      case '503':
        return void response.writeHead(Number(fault)).end();
      case 'trickle':
        // Its status says that it has them; only its answer does not end.
        this.#keep(request, Buffer.concat(chunks));
        return trickle(response);
      default:
        // Hangs until the connection is cut.
        return undefined;
    }
  }

  #keep(request: IncomingMessage, body: Buffer): void {
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    for (const { scopeSpans } of readExportRequest(bytes).request.resourceSpans) {
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        const id = span.traceId + span.spanId;
        this.deliveries.set(id, (this.deliveries.get(id) ?? 0) + 1);
      }
    }
  }
}

/** An answer of one byte at a time that never ends. */
function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-protobuf' });
  const timer = setInterval(() => response.write(' '), TRICKLE_INTERVAL_MS);
  response.on('close', () => clearInterval(timer));
}
