import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeTerminal } from '../../test/memory-terminal.js';
import { makeBooks, makeStatus } from '../../test/status-fixture.js';
import { showStatus } from './status.js';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answer(body: unknown, status = 200): RequestListener {
  return (_request, response) => response.writeHead(status).end(JSON.stringify(body));
}

async function show(
  url: string,
  { token, json = false, waitMs = 0 }: { token?: string; json?: boolean; waitMs?: number } = {},
): Promise<{ code: number; out: string }> {
  const { terminal, text } = makeTerminal();
  const code = await showStatus({ address: { url, token }, json, waitMs }, terminal);
  return { code, out: text.out };
}

describe('showStatus', () => {
  it('looks again while spans are on their way', async () => {
    let looks = 0;
    const behind = makeStatus({ store: { spansByInstance: { 'instance-1': 80 } } });
    const url = await serve((request, response) => {
      looks += 1;
      answer(looks < 3 ? behind : makeStatus())(request, response);
    });
    expect(await show(url, { waitMs: 10_000 })).toMatchObject({ code: 0 });
    expect(looks).toBe(3);
  });

  it('gives its verdict when the wait is over, and does not fail for spans on their way', async () => {
    const moving = makeStatus({ processes: [makeBooks({ final: false, delivered: 80, started: 90 })] });
    const { code, out } = await show(await serve(answer(moving)));
    expect(code).toBe(0);
    expect(out).toContain('The books balance so far');
  });

  it('prints JSON with the verdict of each process', async () => {
    const url = await serve(answer(makeStatus()));
    expect(JSON.parse((await show(url, { json: true })).out)).toMatchObject({
      url,
      verdict: 'balanced',
      processes: [{ instanceId: 'instance-1', delivered: 90, stored: 90, verdict: 'balanced' }],
      collector: { accepted: 90, stored: 90 },
      status: { version: '0.1.0' },
    });
  });

  it('shows its token, and says which variable to set when it has none', async () => {
    const url = await serve((request, response) =>
      answer(makeStatus(), request.headers.authorization === 'Bearer sesame' ? 200 : 401)(request, response),
    );
    expect(await show(url, { token: 'sesame' })).toMatchObject({ code: 0 });
    await expect(show(url)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('SLIPSTREAM_COLLECTOR_TOKEN'),
    });
  });

  it('does not follow a redirect with its token', async () => {
    let asked = 0;
    const elsewhere = await serve((_request, response) => {
      asked += 1;
      response.end();
    });
    const url = await serve((_request, response) => response.writeHead(302, { location: elsewhere }).end());
    await expect(show(url, { token: 'sesame' })).rejects.toMatchObject({ code: 'unreachable' });
    expect(asked).toBe(0);
  });

  it.each([
    ['another server', answer({ hello: 'world' }), 'not as a Slipstream collector'],
    ['a web page', ((_request, response) => response.end('<html>')) as RequestListener, 'no JSON'],
    ['a server without such a page', answer({}, 404), 'it answers 404'],
  ])('refuses the answer of %s', async (_who, listener, words) => {
    await expect(show(await serve(listener))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining(words),
    });
  });

  it('reads an answer up to its limit and not without end', async () => {
    const url = await serve((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 32);
      const send = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', send);
      send();
    });
    await expect(show(url)).rejects.toMatchObject({ message: expect.stringContaining('longer than') });
  });
});
