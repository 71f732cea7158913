/** A connection to a server that refuses, hangs, or breaks in the middle of a request, as told. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export type LinkFault = 'refused' | 'hanging' | 'cut';

export class FaultyLink {
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #fault: LinkFault | undefined;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    const server = createServer((socket) => this.#join(socket));
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    const address = server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
    this.#server = server;
  }

  async fail(fault: LinkFault | undefined): Promise<void> {
    const wasRefused = this.#fault === 'refused';
    this.#fault = fault;
    this.#cutAll();
    if (fault === 'refused') await this.close();
    else if (wasRefused) await this.start();
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    this.#cutAll();
    await closed;
  }

  #join(client: Socket): void {
    this.#track(client);
    // It takes what comes and passes nothing on.
    if (this.#fault === 'hanging') return void client.resume();
    const target = connect(this.#targetPort, '127.0.0.1');
    this.#track(target);
    target.pipe(client);
    client.on('data', (chunk: Buffer) => {
      if (this.#fault !== 'cut') return void target.write(chunk);
      // A part has gone through, and the sender cannot know whether it was enough.
      target.write(chunk.subarray(0, Math.ceil(chunk.byteLength / 2)));
      client.resetAndDestroy();
      target.destroy();
    });
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // The other end is told by the close that follows.
    socket.on('error', () => undefined);
  }

  #cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
