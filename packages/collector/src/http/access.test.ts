import { networkInterfaces } from 'node:os';
import { readRpcStatus } from '@slipstream/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { send } from '../../test/support/http-client.js';
import { makeSpan, PROTOBUF, toProtobuf } from '../../test/support/spans.js';
import { startCollector, type TestCollector } from '../../test/support/start-collector.js';
import type { CollectorSettings } from '../settings.js';

const TOKEN = 'a-token-of-some-length';
const PATHS = ['/', '/api/v1/traces', '/api/v1/status', '/api/v1/live', '/metrics', '/nothing'];

let collector: TestCollector;

afterEach(async () => {
  await collector.destroy();
});

async function start(settings: Partial<CollectorSettings> = {}): Promise<void> {
  collector = await startCollector(settings);
}

const get = (path: string, headers: Record<string, string> = {}) => send(`${collector.url}${path}`, { headers });
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('the Host check', () => {
  it.each(['localhost', 'localhost:4318', 'LOCALHOST', '127.0.0.1:1', '[::1]:4318'])('takes %s', async (host) => {
    await start();
    expect((await get('/api/v1/traces', { host })).status).toBe(200);
  });

  it.each(['evil.example', 'evil.example:4318', 'localhost.evil.example', '127.0.0.1.nip.io', '10.1.2.3'])(
    'refuses %j on every route, writing ones included',
    async (host) => {
      await start();
      for (const path of [...PATHS, '/health']) expect((await get(path, { host })).status, path).toBe(403);
      const headers = { ...PROTOBUF, host };
      const response = await send(`${collector.url}/v1/traces`, { body: toProtobuf(makeSpan()), headers });
      expect(response.status).toBe(403);
      expect(readRpcStatus(response.body)).toMatchObject({ code: 7, message: expect.stringContaining('host name') });
      expect(response.headers['x-slipstream-collector']).toBe('1');
      expect((await collector.status()).queue.nextId).toBe(1);
    },
  );

  it('takes a host that is configured', async () => {
    await start({ allowedHosts: ['Traces.Example'] });
    expect((await get('/api/v1/traces', { host: 'traces.example:4318' })).status).toBe(200);
  });
});

describe('the Origin check', () => {
  it('takes the origin of its own page', async () => {
    await start();
    const { host, origin } = new URL(collector.url);
    expect((await get('/api/v1/traces', { host, origin })).status).toBe(200);
  });

  it.each(['https://evil.example', 'null', 'http://localhost:1', 'nonsense'])('refuses %s', async (origin) => {
    await start();
    for (const path of PATHS) expect((await get(path, { origin })).status, path).toBe(403);
  });

  it('lets no other origin read by way of CORS', async () => {
    await start();
    const response = await send(`${collector.url}/v1/traces`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(403);
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('the token', () => {
  it('is needed on every route but health and readiness', async () => {
    await start({ token: TOKEN });
    for (const path of PATHS) {
      const response = await get(path);
      expect(response.status, path).toBe(401);
      expect(response.headers['www-authenticate']).toContain('Bearer');
    }
    expect((await send(`${collector.url}/v1/traces`, { body: '', headers: PROTOBUF })).status).toBe(401);
    expect((await send(`${collector.url}/v1/slipstream/books`, { body: '{}' })).status).toBe(401);
    for (const path of ['/health', '/ready']) expect((await get(path)).status, path).toBe(200);
  });

  it('is taken as a bearer token and as a Basic password, whatever the user', async () => {
    await start({ token: TOKEN });
    for (const authorization of [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, basic('pk-lf-1', TOKEN), basic('', TOKEN)]) {
      expect((await get('/api/v1/traces', { authorization })).status).toBe(200);
    }
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    'Basic',
    'Basic !!!',
    basic('user', 'wrong'),
    `Digest ${TOKEN}`,
    TOKEN,
  ])('is not %j', async (authorization) => {
    await start({ token: TOKEN });
    expect((await get('/api/v1/traces', { authorization })).status).toBe(401);
  });

  it('opens the page once by its address, moves into a cookie, and works from there', async () => {
    await start({ token: TOKEN });
    const first = await get(`/traces?name=a&token=${TOKEN}`, { accept: 'text/html' });
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/traces?name=a');
    const [cookie = ''] = first.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain(TOKEN);
    const session = cookie.split(';')[0] ?? '';
    expect((await get('/api/v1/traces', { cookie: `other=1; ${session}` })).status).toBe(200);
    expect((await get('/api/v1/traces', { cookie: `${session}0` })).status).toBe(401);
  });

  it('in the address opens no route of the API, and no page when it is wrong', async () => {
    await start({ token: TOKEN });
    expect((await get(`/api/v1/traces?token=${TOKEN}`)).status).toBe(401);
    expect((await get('/?token=wrong', { accept: 'text/html' })).status).toBe(401);
  });

  it('never sends the browser to another site', async () => {
    await start({ token: TOKEN });
    const response = await get(`//evil.example/?token=${TOKEN}`, { accept: 'text/html' });
    expect(response.headers.location ?? '/').toMatch(/^\/(?!\/)/);
  });

  const address = Object.values(networkInterfaces())
    .flat()
    .find((entry) => entry?.family === 'IPv4' && !entry.internal)?.address;
  it.runIf(address !== undefined)('lets other machines in by the address of this one', async () => {
    await start({ token: TOKEN, host: '0.0.0.0' });
    const url = collector.url.replace('localhost', address ?? '');
    expect((await send(`${url}/api/v1/traces`)).status).toBe(401);
    const headers = { authorization: basic('', TOKEN) };
    expect((await send(`${url}/api/v1/traces`, { headers })).status).toBe(200);
  });
});

describe('the safety headers', () => {
  it('are on every answer, whatever its status', async () => {
    await start({ token: TOKEN });
    const answers = [
      await get('/health'),
      await get('/api/v1/traces'),
      await get('/', { host: 'evil.example' }),
      await get('/nothing', { authorization: basic('', TOKEN) }),
      await get('/', { authorization: basic('', TOKEN), accept: 'text/html' }),
      await send(`${collector.url}/v1/traces`, { body: 'x', headers: { authorization: basic('', TOKEN) } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 403, 404, 503, 415]);
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
    }
  });
});
