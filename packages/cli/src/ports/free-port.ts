import { createServer } from 'node:net';
import { codeOf } from '../errors.js';

const HIGHEST_PORT = 65_535;
/** How many ports to try: with more than this many taken in a row, a suggestion would not help either. */
const TRIES = 50;

export type PortState =
  | { readonly kind: 'free' }
  | { readonly kind: 'taken' }
  /** Neither: the address is not of this machine, or the port needs rights that we lack. */
  | { readonly kind: 'unusable'; readonly code: string };

/** Whether a server could listen there at this moment, found out by listening. */
export function probePort(host: string, port: number): Promise<PortState> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = codeOf(error) ?? 'unknown';
      resolve(code === 'EADDRINUSE' ? { kind: 'taken' } : { kind: 'unusable', code });
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve({ kind: 'free' })));
  });
}

/** The first free port above `port`; `undefined` where there is none near. */
export async function findFreePort(host: string, port: number): Promise<number | undefined> {
  for (let candidate = port + 1; candidate <= Math.min(port + TRIES, HIGHEST_PORT); candidate++) {
    const state = await probePort(host, candidate);
    if (state.kind === 'free') return candidate;
  }
  return undefined;
}
