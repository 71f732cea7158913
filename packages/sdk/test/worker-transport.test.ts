import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isLoopbackHost, tracesPath } from '../src/worker/endpoint.js';
import { createHttpTransport } from '../src/worker/http-transport.js';
import { refuse, startBackend, type TestBackend } from './worker-support/backend.js';

const LIMITS = { connectMs: 2_000, requestMs: 2_000, bodyMs: 80 };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function backend(answer?: Parameters<typeof startBackend>[0]): Promise<TestBackend> {
  const started = await startBackend(answer);
  closers.push(started.close);
  return started;
}

function transportTo(url: string, headers: Record<string, string> = {}, limits = LIMITS) {
  const transport = createHttpTransport({ url, headers, sdkVersion: '1.2.3', sharesThread: false }, limits);
  closers.push(async () => transport.close());
  return transport;
}

const spans = { target: 'traces', body: new Uint8Array(0), contentType: 'application/x-protobuf' } as const;

/** A server that says what the test wants, byte by byte. */
async function rawServer(onRequest: (socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => onRequest(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the address', () => {
  it.each([
    ['http://127.0.0.1:4318', '/v1/traces'],
    ['http://127.0.0.1:4318/', '/v1/traces'],
    ['http://host/v1/traces', '/v1/traces'],
    ['http://host/v1/traces/', '/v1/traces'],
    ['https://host/api/public/otel', '/api/public/otel/v1/traces'],
    ['https://host/api/public/otel/v1/traces?region=eu', '/api/public/otel/v1/traces?region=eu'],
  ])('%s leads to %s', (url, path) => {
    expect(tracesPath(new URL(url))).toBe(path);
  });

  it.each([
    ['http://127.0.0.1', true],
    ['http://127.9.9.9', true],
    ['http://localhost', true],
    ['http://[::1]', true],
    ['http://127.0.0.1.example.com', false],
    ['http://10.0.0.1', false],
  ])('%s is this machine: %s', (url, isLoopback) => {
    expect(isLoopbackHost(new URL(url).hostname)).toBe(isLoopback);
  });
});

describe('a request', () => {
  it('carries the headers of the settings over ours, and credentials of the address', async () => {
    const { url, requests } = await backend();
    const address = new URL(url);
    address.username = 'pk%40';
    address.password = 'sk';
    await transportTo(address.href, { 'X-Langfuse-Ingestion-Version': '4' }).post(spans);
    await transportTo(address.href, { Authorization: 'Bearer t' }).post(spans);
    expect(requests[0]!.headers).toMatchObject({
      'x-langfuse-ingestion-version': '4',
      'content-type': 'application/x-protobuf',
      'user-agent': 'slipstream-node/1.2.3',
      authorization: `Basic ${Buffer.from('pk@:sk').toString('base64')}`,
    });
    expect(requests[1]!.headers.authorization).toBe('Bearer t');
  });

  it('goes over a connection that is kept', async () => {
    let connections = 0;
    const server = http.createServer((request, response) => {
      request.resume();
      response.end();
    });
    server.on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const transport = transportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await transport.post(spans)).toMatchObject({ status: 200 });
    expect(await transport.post(spans)).toMatchObject({ status: 200 });
    expect(connections).toBe(1);
  });

  it('is sent once more when the connection that was kept turns out to be closed', async () => {
    let connections = 0;
    const server = net.createServer((socket) => {
      connections++;
      let requests = 0;
      socket.on('error', () => socket.destroy());
      socket.on('data', () => {
        requests++;
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
        else socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const transport = transportTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    closers.push(async () => {
      transport.close();
      await new Promise((resolve) => server.close(resolve));
    });
    expect(await transport.post(spans)).toMatchObject({ status: 200 });
    expect(await transport.post(spans)).toMatchObject({ status: 200 });
    expect(connections).toBe(2);
  });

  it('is not compressed on the way to this machine', async () => {
    const { url, requests } = await backend();
    await transportTo(url).post({ ...spans, body: Buffer.alloc(0) });
    expect(requests[0]!.headers).not.toHaveProperty('content-encoding');
  });

  it('that cannot be sent at all has failed', async () => {
    expect(await transportTo('http://127.0.0.1:1', { 'x-bad': 'a\nb' }).post(spans)).toEqual({
      kind: 'failed',
      reason: 'ERR_INVALID_CHAR',
      hadConnection: false,
    });
    expect(await transportTo('redis://127.0.0.1:1').post(spans)).toMatchObject({ kind: 'failed' });
  });
});

describe('a request to another machine', () => {
  it('is compressed when there is enough of it', async () => {
    // This machine under a name that does not show it.
    const server = http.createServer();
    const encodings: unknown[] = [];
    server.on('request', (request, response) => {
      encodings.push(request.headers['content-encoding']);
      request.resume();
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '::ffff:127.0.0.1', resolve));
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const transport = transportTo(`http://[::ffff:127.0.0.1]:${(server.address() as AddressInfo).port}`);
    await transport.post({ ...spans, body: Buffer.alloc(1023) });
    await transport.post({ ...spans, body: Buffer.alloc(1024) });
    expect(encodings).toEqual([undefined, 'gzip']);
  });
});

describe('an answer', () => {
  it('is not followed elsewhere', async () => {
    const other = await backend();
    const { url } = await backend(refuse(307, { location: `${other.url}/v1/traces` }));
    expect(await transportTo(url).post(spans)).toMatchObject({ kind: 'answered', status: 307 });
    expect(other.requests).toHaveLength(0);
  });

  it('without end counts by its status, and is read no longer than the limit', async () => {
    const url = await rawServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'),
    );
    const outcome = await transportTo(url).post(spans);
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, body: Buffer.from('abc') });
  });

  it('of any size is read up to 64 KiB', async () => {
    const { url } = await backend((response) => void response.writeHead(200).end(Buffer.alloc(1 << 20)));
    const outcome = await transportTo(url).post(spans);
    expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
    expect((outcome as { body: Uint8Array }).body).toHaveLength(64 * 1024);
  });

  it('that comes before the request is read counts, though the connection breaks', async () => {
    const url = await rawServer((socket) => {
      socket.write('HTTP/1.1 413 Payload Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      socket.resume();
    });
    const outcome = await transportTo(url).post({ ...spans, body: Buffer.alloc(1 << 20) });
    expect(outcome).toMatchObject({ kind: 'answered', status: 413 });
  });

  it('that is no HTTP has failed', async () => {
    const url = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.0\r\n'));
    expect(await transportTo(url).post(spans)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^HPE_/),
    });
  });

  it('that never comes has failed when the time is over', async () => {
    const url = await rawServer(() => undefined);
    const limits = { ...LIMITS, requestMs: 50 };
    expect(await transportTo(url, {}, limits).post(spans)).toEqual({
      kind: 'failed',
      reason: 'ETIMEDOUT',
      hadConnection: true,
    });
  });
});
