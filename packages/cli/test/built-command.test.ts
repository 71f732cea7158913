import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Running, start } from './command.js';
import { makeTree, type Tree } from './tree.js';

const LAUNCHER = fileURLToPath(new URL('../bin/slipstream.js', import.meta.url));
const BUILT = [new URL('../dist/main.js', import.meta.url), new URL('../../collector/dist/index.js', import.meta.url)];
const isBuilt = BUILT.every((file) => existsSync(file));
const READY = /Slipstream is ready: (http:\/\/127\.0\.0\.1:\d+)/;

/** One span of a process that reports no books: what any OpenTelemetry exporter sends. */
const REQUEST = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'other' } }] },
      scopeSpans: [
        {
          scope: { name: 'test' },
          spans: [
            {
              traceId: '0123456789abcdef0123456789abcdef',
              spanId: '0123456789abcdef',
              name: 'hello',
              kind: 1,
              startTimeUnixNano: '1700000000000000000',
              endTimeUnixNano: '1700000001000000000',
            },
          ],
        },
      ],
    },
  ],
};

/** The command that the application would be: it sends where the environment says. */
const SENDER = `
  const response = await fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(REQUEST))},
  });
  process.exitCode = response.ok ? 6 : 1;`;

let tree: Tree;
const running: Running[] = [];

function slipstream(...args: string[]): Running {
  const started = start(LAUNCHER, args);
  running.push(started);
  return started;
}

afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    if (child.exitCode === null) child.kill('SIGKILL');
    await ended;
  }
  tree.remove();
});

describe.skipIf(!isBuilt)('the built command with the real collector (needs npm run build)', () => {
  it('stores what a command sends under dev, and finds it again under up', { timeout: 60_000 }, async () => {
    tree = makeTree({ 'send.mjs': SENDER });
    const dataDir = path.join(tree.root, 'data');
    const collectorFlags = ['--port', '0', '--data-dir', dataDir];

    const dev = slipstream('dev', ...collectorFlags, '--', process.execPath, path.join(tree.root, 'send.mjs'));
    expect(await dev.ended).toEqual({ code: 6, signal: null });
    expect(dev.text.err).toContain('1 span in 1 trace: ');

    const up = slipstream('up', ...collectorFlags);
    const [, url = ''] = await up.saw(READY);
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toContain('text/html');

    const status = slipstream('status', '--url', url, '--json');
    expect(await status.ended).toMatchObject({ code: 0 });
    expect(JSON.parse(status.text.out)).toMatchObject({
      verdict: 'balanced',
      collector: { accepted: 0, stored: 1, fromBefore: 1 },
    });

    const second = slipstream('up', ...collectorFlags);
    expect(await second.ended).toMatchObject({ code: 5 });
    expect(second.text.err).toContain(`process ${up.child.pid}`);
  });
});
