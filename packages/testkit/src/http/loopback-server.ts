import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, TestkitError } from '../errors.js';

/** A listening HTTP server on 127.0.0.1. */
export interface LoopbackServer {
  readonly server: Server;
  readonly port: number;
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Ends open connections at once; safe to call twice. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Testkit never listens elsewhere than on loopback. Port 0 takes any free one. */
export async function listenOnLoopback(listener: RequestListener, port: number): Promise<LoopbackServer> {
  const server = createServer({ keepAliveTimeout: 30_000 }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new TestkitError('LISTEN_FAILED', `cannot listen on ${HOST}:${port}: ${messageOf(error)}`));
    });
    server.listen(port, HOST, resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    server,
    port: boundPort,
    url: `http://${HOST}:${boundPort}`,
    close: () => closeServer(server),
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The only error `close` reports is "not running", which is what a second call wants.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
