import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleCommand, type Running, type RunOptions, start } from './command.js';
import { makeBooks, makeStatus } from './status-fixture.js';
import { makeTree, type Tree } from './tree.js';

const MANIFEST = fileURLToPath(new URL('../package.json', import.meta.url));
const READY = /Slipstream is ready: (http:\/\/127\.0\.0\.1:(\d+))/;

let tree: Tree;
let command: string;
const running: Running[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  tree = makeTree({ 'package.json': readFileSync(MANIFEST, 'utf8') });
  command = path.join(tree.root, 'dist', 'main.mjs');
  await bundleCommand(command);
});

afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    if (child.exitCode === null) child.kill('SIGKILL');
    await ended;
  }
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

afterAll(() => tree.remove());

function slipstream(args: readonly string[], options?: RunOptions): Running {
  const started = start(command, args, options);
  running.push(started);
  return started;
}

/** A script for `dev` to run. */
function script(name: string, code: string): string {
  const file = path.join(tree.root, `${name}.mjs`);
  writeFileSync(file, code);
  return file;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const isListening = (url: string): Promise<boolean> => fetch(url).then(Boolean, () => false);

describe('slipstream up', () => {
  it('prints its address alone to stdout, and closes the collector at SIGTERM', async () => {
    const up = slipstream(['up', '--port', '0']);
    const [, url = ''] = await up.saw(READY);
    expect(up.text.out).toBe(`Slipstream is ready: ${url}\n`);
    expect(await isListening(url)).toBe(true);
    up.child.kill('SIGTERM');
    expect(await up.ended).toEqual({ code: 0, signal: null });
    expect(up.text.err).toContain('collector closed');
    expect(await isListening(url)).toBe(false);
  });

  it('says who has its port and which port is free, and ends with 4', async () => {
    const url = await serve((_request, response) => response.end());
    const { port } = new URL(url);
    const up = slipstream(['up', '--port', port]);
    expect(await up.ended).toMatchObject({ code: 4 });
    const free = /^The next free port is (\d+): add --port \1$/m.exec(up.text.err)?.[1];
    expect(Number(free)).toBeGreaterThan(Number(port));
    expect(up.text.err).toContain(`Port ${port} on 127.0.0.1 is taken by `);
    if (process.platform === 'linux') expect(up.text.err).toContain(`process ${process.pid} (`);
    expect(up.text.out).toBe('');
  });

  it('takes its port from the environment, and a flag over that', async () => {
    const taken = new URL(await serve((_request, response) => response.end())).port;
    const env = { SLIPSTREAM_COLLECTOR_PORT: taken };
    expect(await slipstream(['up'], { env }).ended).toMatchObject({ code: 4 });
    await slipstream(['up', '--port', '0'], { env }).saw(READY);
  });

  it('ends with 2 and the list of problems when its configuration is wrong', async () => {
    const up = slipstream(['up', '--port', '0', '--host', '0.0.0.0']);
    expect(await up.ended).toMatchObject({ code: 2 });
    expect(up.text.err).toBe('slipstream: The configuration is wrong:\n  - a token is needed\n');
  });

  it('ends with 5 when its data directory is in use', async () => {
    const up = slipstream(['up', '--port', '0', '--data-dir', path.join(tree.root, 'locked')]);
    expect(await up.ended).toMatchObject({ code: 5 });
    expect(up.text.err).toBe('slipstream: Another collector uses it.\n');
  });

  it('ends with 70 and a stack at an error that nobody foresaw', async () => {
    const up = slipstream(['up', '--port', '0', '--data-dir', path.join(tree.root, 'broken')]);
    expect(await up.ended).toMatchObject({ code: 70 });
    expect(up.text.err).toMatch(/^slipstream: TypeError: nobody foresaw this\n {4}at /);
  });

  it('tells a parent with a message channel that it is ready, and stops at its word', async () => {
    const up = slipstream(['up', '--port', '0'], { ipc: true });
    const message = await new Promise((resolve) => up.child.once('message', resolve));
    expect(message).toEqual({ type: 'ready', url: (await up.saw(READY))[1] });
    up.child.send({ type: 'stop' });
    expect(await up.ended).toMatchObject({ code: 0 });
  });

  it('prints its addresses as JSON, and that for gRPC to stderr as well', async () => {
    const up = slipstream(['up', '--port', '0', '--grpc-port', '4999', '--json']);
    await up.saw(/OTLP over gRPC: http:\/\/127\.0\.0\.1:4999/);
    const { url, ...rest } = JSON.parse(up.text.out);
    expect(rest).toEqual({ grpcUrl: 'http://127.0.0.1:4999' });
    expect(await isListening(url)).toBe(true);
  });

  it('tells the collector where queue and store are', async () => {
    const flags = ['--queue', 'redis://q:1', '--store', 'clickhouse://s:2'];
    const up = slipstream(['up', '--port', '0', ...flags]);
    await up.saw(READY);
    expect(up.text.err).toContain('queue redis://q:1, store clickhouse://s:2');
  });

  it('stops when a parent with a message channel is gone', async () => {
    const up = slipstream(['up', '--port', '0'], { ipc: true });
    await up.saw(READY);
    up.child.disconnect();
    expect(await up.ended).toMatchObject({ code: 0 });
    expect(up.text.err).toContain('collector closed');
  });
});

describe('slipstream dev', () => {
  const PRINT_ENV =
    'console.log(JSON.stringify([process.env.SLIPSTREAM_URL, process.env.OTEL_EXPORTER_OTLP_ENDPOINT, process.argv.slice(2)]));';

  it('points the command at the collector and passes its arguments, stdout and exit code through', async () => {
    const file = script('env', `${PRINT_ENV} process.exitCode = 9;`);
    const dev = slipstream(['dev', '--port', '0', '--', process.execPath, file, '--flag', 'hai từ']);
    expect(await dev.ended).toEqual({ code: 9, signal: null });
    const [, url = ''] = await READY.exec(dev.text.err)!;
    expect(JSON.parse(dev.text.out)).toEqual([url, url, ['--flag', 'hai từ']]);
  });

  it('leaves an OpenTelemetry endpoint that is set', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://elsewhere:1' };
    const dev = slipstream(['dev', '--port', '0', '--', process.execPath, script('otel', PRINT_ENV)], { env });
    await dev.ended;
    expect(JSON.parse(dev.text.out)[1]).toBe('http://elsewhere:1');
  });

  it('waits until the spans are stored, says where, and leaves nothing running', async () => {
    const dev = slipstream(['dev', '--port', '0', '--', process.execPath, script('nothing', '')]);
    expect(await dev.ended).toMatchObject({ code: 0 });
    expect(dev.text.err).toMatch(/90 spans in 15 traces: .*\ncollector closed\n$/);
    expect(await isListening(READY.exec(dev.text.err)![1]!)).toBe(false);
  });

  it('keeps the UI up after the command with --keep, until it is asked to end', async () => {
    const dev = slipstream([
      'dev',
      '--port',
      '0',
      '--keep',
      '--',
      process.execPath,
      script('three', 'process.exitCode = 3'),
    ]);
    await dev.saw(/The command ended \(exit code 3\)/);
    expect(await isListening((await dev.saw(READY))[1]!)).toBe(true);
    dev.child.kill('SIGTERM');
    expect(await dev.ended).toEqual({ code: 3, signal: null });
  });

  it.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGINT'] as const)(
    'passes %s on and lets the command end in its own way',
    async (signal) => {
      const file = script(
        `on-${signal}`,
        `process.on('${signal}', () => { console.log('draining'); setTimeout(() => process.exit(5), 50); });
       setInterval(() => {}, 1000); console.log('up');`,
      );
      const dev = slipstream(['dev', '--port', '0', '--', process.execPath, file]);
      await dev.saw(/^up$/m);
      dev.child.kill(signal);
      expect(await dev.ended).toEqual({ code: 5, signal: null });
      expect(dev.text.out).toBe('up\ndraining\n');
      expect(dev.text.err).toContain('collector closed');
    },
  );

  it.skipIf(process.platform === 'win32')('ends with 128 + n when signal n ended the command', async () => {
    const file = script('kill', "process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);");
    expect(await slipstream(['dev', '--port', '0', '--', process.execPath, file]).ended).toEqual({
      code: 137,
      signal: null,
    });
  });

  it('ends with 127 when there is no such command, and closes the collector', async () => {
    const dev = slipstream(['dev', '--port', '0', '--', 'no-such-command-anywhere']);
    expect(await dev.ended).toMatchObject({ code: 127 });
    expect(dev.text.err).toContain("There is no command 'no-such-command-anywhere'");
    expect(dev.text.err).toContain('collector closed');
  });

  it.skipIf(process.platform === 'win32')('ends with 126 when the command cannot be run', async () => {
    const dev = slipstream(['dev', '--port', '0', '--', script('not-executable', '')]);
    expect(await dev.ended).toMatchObject({ code: 126 });
  });

  it('does not start the command when the port is taken', async () => {
    const { port } = new URL(await serve((_request, response) => response.end()));
    const mark = path.join(tree.root, 'started');
    const file = script('mark', `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(mark)}, '');`);
    expect(await slipstream(['dev', '--port', port, '--', process.execPath, file]).ended).toMatchObject({ code: 4 });
    expect(existsSync(mark)).toBe(false);
  });
});

describe('slipstream status', () => {
  const answer =
    (body: unknown): RequestListener =>
    (_request, response) =>
      response.end(JSON.stringify(body));

  it('prints the books to stdout, and ends with 0 when they balance', async () => {
    const url = await serve(answer(makeStatus()));
    const status = slipstream(['status', '--url', url]);
    expect(await status.ended).toMatchObject({ code: 0 });
    expect(status.text.out).toMatch(/^service .*\nrobot-lesson .* balanced\n[\s\S]*The books balance\.\n$/);
    expect(status.text.err).toBe('');
  });

  it('ends with 1 when they do not', async () => {
    const url = await serve(answer(makeStatus({ processes: [makeBooks({ started: 101 })] })));
    const status = slipstream(['status', '--wait', '0'], { env: { SLIPSTREAM_URL: url } });
    expect(await status.ended).toMatchObject({ code: 1 });
    expect(status.text.out).toContain('The books do not balance.');
  });

  it('ends with 3 and says what to do when no collector answers', async () => {
    const url = await serve(answer({}));
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const status = slipstream(['status', '--url', url]);
    expect(await status.ended).toMatchObject({ code: 3 });
    expect(status.text).toMatchObject({
      out: '',
      err: expect.stringMatching(/nothing listens there[\s\S]*slipstream up/),
    });
  });
});

describe('slipstream lab', () => {
  it('hands its arguments to the lab, and ends with its exit code', async () => {
    const lab = slipstream(['lab', '--quick', '--wrong', '--help']);
    expect(await lab.ended).toMatchObject({ code: 2 });
    expect(lab.text).toEqual({ out: 'the result\n', err: 'lab: --quick --wrong --help\n' });
  });
});
