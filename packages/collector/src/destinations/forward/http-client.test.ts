import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useForwarding } from '../../../test/support/forwarding.js';
import { makeSpan } from '../../../test/support/spans.js';
import { TEST_TLS } from '../../../test/support/tls.js';
import { createHttpClient, type HttpClient, type HttpRequest } from './http-client.js';

const forwarding = useForwarding();
let servers: Server[] = [];
let clients: HttpClient[] = [];

afterEach(() => {
  for (const client of clients) client.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
  clients = [];
});

async function listen(listener: RequestListener, isSecure = false): Promise<URL> {
  const server = isSecure ? createTlsServer(TEST_TLS, listener) : createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http${isSecure ? 's' : ''}://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`);
}

function open(answerMs = 5000): HttpClient {
  const client = createHttpClient({ answerMs, bodyMs: 1000 });
  clients.push(client);
  return client;
}

const toRequest = (url: URL, parts: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  headers: { 'x-key': 'k' },
  contentType: 'application/x-protobuf',
  body: Buffer.from('body'),
  isPacked: false,
  ...parts,
});

const { signal } = new AbortController();

describe('the client of a forward destination', () => {
  it('packs a body that is worth it, and no other', async () => {
    const seen: [string | undefined, number, number][] = [];
    const url = await listen((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const encoding = request.headers['content-encoding'];
        seen.push([encoding, body.length, encoding === 'gzip' ? gunzipSync(body).length : body.length]);
        response.end();
      });
    });
    const client = open();
    for (const length of [1023, 1024]) {
      await client.post(toRequest(url, { body: Buffer.alloc(length, 'x'), isPacked: true }), signal);
    }
    await client.post(toRequest(url, { body: Buffer.alloc(5000, 'x') }), signal);
    expect(seen).toEqual([
      [undefined, 1023, 1023],
      ['gzip', expect.any(Number), 1024],
      [undefined, 5000, 5000],
    ]);
    expect(seen[1]?.[1]).toBeLessThan(100);
  });

  it('keeps no more than 64 KiB of an answer, and goes on with the next', async () => {
    const url = await listen((request, response) => {
      request.resume().on('end', () => response.end(Buffer.alloc(1_000_000, 'x')));
    });
    const client = open();
    for (let round = 0; round < 2; round++) {
      const outcome = await client.post(toRequest(url), signal);
      expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
      expect(outcome.kind === 'answered' && outcome.body.length).toBe(64 * 1024);
    }
  });

  it('sends a request again when its kept connection turns out to be closed', async () => {
    const used = new Set<Socket>();
    const url = await listen((request, response) => {
      if (used.has(request.socket)) return request.socket.destroy();
      used.add(request.socket);
      return request.resume().on('end', () => response.end());
    });
    const client = open();
    for (let round = 0; round < 3; round++) {
      expect(await client.post(toRequest(url), signal)).toMatchObject({ kind: 'answered', status: 200 });
    }
    expect(used.size).toBe(3);
  });

  it('hears an answer that comes before the request has been read', async () => {
    const url = await listen((request, response) => {
      response.writeHead(413, { connection: 'close' }).end('too much');
      request.socket.end();
    });
    const outcome = await open().post(toRequest(url, { body: Buffer.alloc(20_000_000) }), signal);
    // The system may have cut the connection before the answer was read; both are faults that have a rule.
    if (outcome.kind === 'answered') expect(outcome.status).toBe(413);
    else expect(outcome.code).toMatch(/^E(CONNRESET|PIPE)$/);
  });

  it('gives up when it is told to, also before it began', async () => {
    const url = await listen(() => undefined);
    const giving = new AbortController();
    const client = open(60_000);
    const waiting = client.post(toRequest(url), giving.signal);
    giving.abort();
    expect(await waiting).toEqual({ kind: 'failed', code: 'EABORTED' });
    expect(await client.post(toRequest(url), giving.signal)).toEqual({ kind: 'failed', code: 'EABORTED' });
  });

  it('waits for an answer for its time', async () => {
    const url = await listen(() => undefined);
    expect(await open(30).post(toRequest(url), signal)).toEqual({ kind: 'failed', code: 'ETIMEDOUT' });
  });

  it('says that it cannot send what HTTP does not allow', async () => {
    const url = await listen((_request, response) => response.end());
    const outcome = await open().post(toRequest(url, { headers: { 'x-key': 'a\nb' } }), signal);
    expect(outcome).toEqual({ kind: 'failed', code: 'ERR_INVALID_CHAR' });
  });

  it('trusts no certificate that nobody has vouched for, and sends nothing', async () => {
    let requests = 0;
    const url = await listen((_request, response) => {
      requests++;
      response.end();
    }, true);
    await forwarding.append(makeSpan());
    const destination = await forwarding.start({ url: url.href });
    await vi.waitFor(() => expect(destination.stats().fault).toContain('its certificate is not trusted'));
    expect([requests, destination.stats().deadLetteredEntries]).toEqual([0, 0]);
  });
});
