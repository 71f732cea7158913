import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/**
 * What becomes of a request: `refuse` resets the connection at once, `hang` never answers, `cut` resets in the middle of
 * the request, `lose` hands it on in full and resets instead of answering, `500` answers with an error.
 */
export type ProxyFault = 'refuse' | 'hang' | 'cut' | 'lose' | '500';

/** Bytes of a request that get through before `cut`. */
const CUT_BYTES = 300;

/** Stands in front of an HTTP server and spoils requests. */
export class FaultyProxy {
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: () => number;
  #fault: { readonly kind: ProxyFault; readonly matches: (url: string) => boolean } | undefined;
  /** Requests that were spoilt. */
  spoilt = 0;

  private constructor(target: () => number) {
    this.#target = target;
    this.#server = http.createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      // A reset is what these tests are about.
      socket.on('error', () => undefined);
    });
  }

  /** @param target port of the server behind it, at the time of a request */
  static async open(target: () => number): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Spoils requests whose address, which has the statement of an insert in it, contains the text. */
  spoil(kind: ProxyFault, text = ''): void {
    this.spoilt = 0;
    this.#fault = { kind, matches: (url) => decodeURIComponent(url.replaceAll('+', ' ')).includes(text) };
  }

  heal(): void {
    this.#fault = undefined;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const fault = this.#fault?.matches(request.url ?? '') ? this.#fault.kind : undefined;
    if (fault) this.spoilt += 1;
    if (fault === 'refuse') request.socket.resetAndDestroy();
    else if (fault === 'hang') request.resume();
    else if (fault === '500') answerError(request, response);
    else if (fault === 'cut') await this.#cut(request);
    else await this.#forward(request, response, fault === 'lose');
  }

  async #forward(request: http.IncomingMessage, response: http.ServerResponse, isLost: boolean): Promise<void> {
    const body = await readBody(request);
    const answer = await this.#send(request, body);
    const bytes = await readBody(answer);
    if (isLost) request.socket.resetAndDestroy();
    else response.writeHead(answer.statusCode ?? 500, answer.headers).end(bytes);
  }

  /** The server behind gets the head and a part of the body, and then a reset. */
  async #cut(request: http.IncomingMessage): Promise<void> {
    const body = await readBody(request);
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = request.headers;
    const options = { port: this.#target(), method: request.method, path: request.url, headers };
    const behind = http.request({ ...options, headers: { ...headers, 'transfer-encoding': 'chunked' } });
    behind.on('error', () => undefined);
    behind.write(body.subarray(0, CUT_BYTES), () => {
      behind.destroy();
      request.socket.resetAndDestroy();
    });
  }

  #send(request: http.IncomingMessage, body: Buffer): Promise<http.IncomingMessage> {
    const { 'transfer-encoding': _, ...headers } = request.headers;
    const options = {
      port: this.#target(),
      method: request.method,
      path: request.url,
      headers: { ...headers, 'content-length': body.byteLength },
    };
    return new Promise((resolve, reject) => {
      http.request(options, resolve).on('error', reject).end(body);
    });
  }
}

function answerError(request: http.IncomingMessage, response: http.ServerResponse): void {
  request.resume();
  request.on('end', () => {
    response.writeHead(500, { 'X-ClickHouse-Exception-Code': '1000' });
    response.end('Code: 1000. DB::Exception: No space left on device. (POCO_EXCEPTION)');
  });
}

async function readBody(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
