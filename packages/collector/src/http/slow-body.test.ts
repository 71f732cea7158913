import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { createServer } from './server.js';

let app: FastifyInstance | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app?.close();
});

async function listen(): Promise<number> {
  app = createServer({
    token: undefined,
    allowedHosts: [],
    bodyTimeoutMs: 100,
    onInternalError: (error) => {
      throw error;
    },
  });
  app.post('/usual', async () => 'taken');
  app.post('/file', { config: { bodyTimeoutMs: 600_000 } }, async () => 'taken');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A sender that says it has ten bytes to send and sends one. */
function trickle(port: number, path: string): Socket {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{`,
  );
  return socket;
}

describe('a body that never ends', () => {
  it('is cut off after its time, and one on a route that takes files is not', async () => {
    const port = await listen();
    const patient = trickle(port, '/file');
    const hasEnded = { patient: false };
    patient.once('close', () => {
      hasEnded.patient = true;
    });
    const usual = trickle(port, '/usual');
    usual.resume();
    await once(usual, 'close');
    expect(hasEnded.patient).toBe(false);
    patient.write('         ');
    const [answer] = await once(patient, 'data');
    // What came is no JSON, and is read as a whole.
    expect(String(answer)).toContain('HTTP/1.1 400');
  });
});
