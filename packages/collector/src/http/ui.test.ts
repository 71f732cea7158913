import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send } from '../../test/support/http-client.js';
import { startCollector, type TestCollector } from '../../test/support/start-collector.js';

const HTML = { accept: 'text/html,application/xhtml+xml' };

let root: string;
let uiDirectory: string;
let collector: TestCollector;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipstream-ui-'));
  uiDirectory = join(root, 'dist');
  collector = await startCollector({ uiDirectory });
  await writeFile(join(root, 'secret.txt'), 'secret');
});

afterEach(async () => {
  await collector.destroy();
  await rm(root, { recursive: true, force: true });
});

async function build(): Promise<void> {
  await mkdir(join(uiDirectory, 'assets'), { recursive: true });
  await writeFile(join(uiDirectory, 'index.html'), '<!doctype html><title>Slipstream</title>');
  await writeFile(join(uiDirectory, 'favicon.svg'), '<svg/>');
  await writeFile(join(uiDirectory, 'assets', 'main-abc123.js'), 'export {};');
}

const get = (path: string, headers: Record<string, string> = {}) => send(`${collector.url}${path}`, { headers });

describe('the UI', () => {
  it('says what to do while it is not built, and is there once it is, without a restart', async () => {
    const before = await get('/', HTML);
    expect(before.status).toBe(503);
    expect(before.text).toContain('npm run build');
    await build();
    const after = await get('/', HTML);
    expect(after.status).toBe(200);
    expect(after.text).toContain('<title>Slipstream</title>');
    expect(after.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(after.headers['cache-control']).toBe('no-cache');
  });

  it('gives the page for every address that a browser opens', async () => {
    await build();
    for (const path of ['/traces/abc', '/sessions?x=1', '/a/b/c.d']) {
      const response = await get(path, HTML);
      expect(response.status, path).toBe(200);
      expect(response.text).toContain('<title>');
    }
  });

  it('lets hashed files be kept for ever and others not', async () => {
    await build();
    const asset = await get('/assets/main-abc123.js');
    expect(asset.headers['content-type']).toContain('javascript');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await get('/favicon.svg')).headers['cache-control']).toBe('public, max-age=0');
  });

  it('answers 404 to a file that is not there, and to what only a program asks for', async () => {
    await build();
    expect((await get('/assets/gone.js')).status).toBe(404);
    expect((await get('/traces/abc')).status).toBe(404);
    for (const path of ['/api/nothing', '/v1/nothing', '/metrics/x']) {
      expect((await get(path, HTML)).status, path).toBe(404);
    }
  });

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%5c..%5csecret.txt', '/%00', '/%zz'])(
    'does not leave its directory for %s',
    async (path) => {
      await build();
      const response = await send(`${collector.url}/`, { headers: HTML });
      expect(response.status).toBe(200);
      const escaped = await get(path);
      expect([400, 404]).toContain(escaped.status);
      expect(escaped.text).not.toContain('secret');
    },
  );
});
