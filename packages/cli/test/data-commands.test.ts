import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleCommand, type Running, type RunOptions, start } from './command.js';
import { type FakeApi, type FakeData, startFakeApi } from './fake-api.js';
import { makeRow, makeTrace, TRACE_ID, traceIdOf } from './trace-fixture.js';
import { makeTree, type Tree } from './tree.js';

const MANIFEST = fileURLToPath(new URL('../package.json', import.meta.url));
const isPosix = process.platform !== 'win32';

let tree: Tree;
let command: string;
let api: FakeApi | undefined;
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
  await api?.close();
  api = undefined;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

afterAll(() => tree.remove());

/** Runs the command against a collector that knows `data`. */
async function slipstream(
  args: readonly string[],
  data: Partial<FakeData> = {},
  options: RunOptions = {},
): Promise<Running> {
  api = await startFakeApi(data);
  return run(args, { ...options, env: { SLIPSTREAM_URL: api.url, ...options.env } });
}

function run(args: readonly string[], options: RunOptions = {}): Running {
  const started = start(command, args, { folder: tree.root, ...options });
  running.push(started);
  return started;
}

/** A folder of its own for one test. */
function folder(name: string, files: Readonly<Record<string, string>> = {}): string {
  const place = path.join(tree.root, name);
  mkdirSync(place, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(place, file), text);
  return place;
}

/** The machine may have other things to do. */
const eventually = <T>(look: () => T): Promise<T> => vi.waitFor(look, { timeout: 10_000 });

describe('the commands that ask a collector', () => {
  it('write data to stdout and end with 0', async () => {
    const traces = await slipstream(['traces', '--since', '1h', '--metadata', 'bot_id:7'], { traces: [makeTrace()] });
    expect(await traces.ended).toMatchObject({ code: 0 });
    expect(traces.text.out).toContain(TRACE_ID);
    expect(traces.text.err).toBe('');
    expect(api?.filters).toMatchObject([{ metadata: ['bot_id:7'], fromUs: expect.any(Number) }]);
  });

  it('paint only where they are told to', async () => {
    const data = { traces: [makeTrace()] };
    const plain = await slipstream(['traces'], data);
    await plain.ended;
    expect(plain.text.out).not.toContain('\u001b');
    const painted = run(['traces'], { env: { SLIPSTREAM_URL: api!.url, FORCE_COLOR: '1' } });
    await painted.ended;
    expect(painted.text.out).toContain('\u001b[31m');
    const refused = run(['traces'], { env: { SLIPSTREAM_URL: api!.url, FORCE_COLOR: '1', NO_COLOR: '1' } });
    await refused.ended;
    expect(refused.text.out).toBe(plain.text.out);
  });

  it('take the width of their lines from COLUMNS', async () => {
    const traces = await slipstream(['traces'], { traces: [makeTrace()] }, { env: { COLUMNS: '50' } });
    await traces.ended;
    for (const line of traces.text.out.split('\n')) expect(line.length).toBeLessThanOrEqual(50);
  });

  it('show their token', async () => {
    const env = { SLIPSTREAM_COLLECTOR_TOKEN: 'sesame' };
    expect(await (await slipstream(['traces'], { token: 'sesame' }, { env })).ended).toMatchObject({ code: 0 });
    const without = run(['traces', '--url', api!.url]);
    expect(await without.ended).toMatchObject({ code: 3 });
    expect(without.text.err).toContain('--token');
  });

  it.each([
    [6, ['trace', 'f'.repeat(32)], 'There is no trace with this id.'],
    [6, ['deadletter', 'replay', 'x'], 'There is no destination x'],
    [8, ['query', 'DROP TABLE x'], 'Only SELECT is allowed.'],
    [9, ['import', 'no-such-file'], 'there is no such file or folder'],
    [2, ['query', ' '], 'There is no statement.'],
    [3, ['traces', '--url', 'http://127.0.0.1:1'], 'slipstream up'],
  ])('end with %i: slipstream %j', async (code, args, message) => {
    const failed = await slipstream(args);
    expect(await failed.ended).toMatchObject({ code });
    expect(failed.text).toMatchObject({ out: '', err: expect.stringContaining(message) });
  });

  it('say which collectors do not know what they ask', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end('{"message":"Not Found"}'));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const query = run(['query', 'SELECT 1', '--url', url]);
    expect(await query.ended).toMatchObject({ code: 3 });
    expect(query.text.err).toContain('it answers 404 to POST /api/v1/sql; it may be older than this command.');
  });

  it('read a statement and rows from standard input', async () => {
    const sql = () => ({ columns: [{ name: 'n', type: 'INTEGER' }], rows: [[1]], truncated: false, elapsedMs: 1 });
    const query = await slipstream(['query', '-', '--csv'], { sql }, { input: 'SELECT 1' });
    expect(await query.ended).toMatchObject({ code: 0 });
    expect(query.text.out).toBe('n\n1\n');
    const env = { SLIPSTREAM_URL: api!.url };
    const good = run(['import', '-'], { env, input: JSON.stringify(makeRow()) });
    expect(await good.ended).toMatchObject({ code: 0 });
    expect(await run(['import', '-'], { env, input: 'nonsense' }).ended).toMatchObject({ code: 7 });
  });
});

describe('a reader that has had enough', () => {
  /** Reads one piece of what the command writes, and closes the pipe. */
  async function readOne(args: readonly string[]): Promise<{ code: number | null; err: string }> {
    const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd: tree.root });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { code, err };
  }

  it.skipIf(!isPosix).each([
    ['traces', ['traces', '--all', '--json']],
    ['export', ['export']],
  ])('ends %s quietly with 0', async (_name, args) => {
    const traces = Array.from({ length: 20_000 }, (_, index) => makeTrace({ traceId: traceIdOf(index) }));
    const rows = Array.from({ length: 20_000 }, () => makeRow());
    api = await startFakeApi({ traces, rows });
    expect(await readOne([...args, '--url', api.url])).toEqual({ code: 0, err: '' });
  });
});

describe.skipIf(!isPosix)('Ctrl-C', () => {
  it('ends tail with 0', async () => {
    const tail = await slipstream(['tail', '--json']);
    await tail.saw(/Listening to/);
    api!.tell('trace', makeTrace());
    await tail.saw(/^\{"traceId"/);
    tail.child.kill('SIGINT');
    expect(await tail.ended).toEqual({ code: 0, signal: null });
  });

  it('ends tail with 0 while it waits to connect again', async () => {
    const tail = await slipstream(['tail']);
    await tail.saw(/Listening to/);
    await api!.close();
    await tail.saw(/Next try in [1-9]/);
    tail.child.kill('SIGINT');
    expect(await tail.ended).toEqual({ code: 0, signal: null });
  });

  it('ends export with 130 and leaves no half of a file', async () => {
    const place = folder('export');
    const server = createServer((_request, response) => void response.write('{"first":"line"}\n'));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const exporting = run(['export', 'all.jsonl', '--url', url], { folder: place });
    await eventually(() => expect(readdirSync(place)).toEqual([expect.stringMatching(/^\.all\.jsonl\..*\.partial$/)]));
    exporting.child.kill('SIGINT');
    expect(await exporting.ended).toEqual({ code: 130, signal: null });
    expect(readdirSync(place)).toEqual([]);
  });
});

describe('configuration', () => {
  const MARKING = (mark: string): string =>
    `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(mark)}, ''); export default { token: 'from-config' };`;

  it('comes from the files of the working directory, beneath flags and environment', async () => {
    api = await startFakeApi({ traces: [makeTrace()], token: 'from-config' });
    const mark = path.join(tree.root, 'ran');
    const place = folder('configured', {
      '.env': `SLIPSTREAM_URL=${api.url}\n`,
      'slipstream.config.mjs': MARKING(mark),
    });
    expect(await run(['traces'], { folder: place }).ended).toMatchObject({ code: 0 });
    expect(existsSync(mark)).toBe(true);
    const env = { SLIPSTREAM_COLLECTOR_TOKEN: 'from-env' };
    expect(await run(['traces'], { folder: place, env }).ended).toMatchObject({ code: 3 });
    const flag = ['traces', '--token', 'from-config'];
    expect(await run(flag, { folder: place, env }).ended).toMatchObject({ code: 0 });
    const shown = run(['env', '--local'], { folder: place });
    await shown.ended;
    expect(shown.text.out).toMatch(/SLIPSTREAM_URL +http:\S+ +\.env\n.*_TOKEN +\*{4} +slipstream\.config\.mjs\n/);
  });

  it.each([[['--help']], [['traces', '--help']], [['--version']], [['completion', 'bash']]])(
    'runs no code for %j',
    async (args) => {
      const mark = path.join(tree.root, `ran-${args.join('')}`);
      const place = folder('unasked', { 'slipstream.config.mjs': MARKING(mark) });
      const helped = run(args, { folder: place });
      expect(await helped.ended).toMatchObject({ code: 0 });
      expect(helped.text.out).not.toBe('');
      expect(existsSync(mark)).toBe(false);
    },
  );

  it('ends with 2 where it is wrong', async () => {
    const place = folder('wrong', { 'slipstream.config.json': '{"prot":1}' });
    const failed = run(['traces'], { folder: place });
    expect(await failed.ended).toMatchObject({ code: 2 });
    expect(failed.text.err).toMatch(/^slipstream: slipstream\.config\.json is wrong:\n/);
  });
});

describe('slipstream completion', () => {
  const isBashHere = spawnSync('bash', ['-c', 'type complete'], { encoding: 'utf8' }).status === 0;

  it.skipIf(!isBashHere)('prints a script that bash completes the real commands with', async () => {
    const completion = run(['completion', 'bash']);
    expect(await completion.ended).toMatchObject({ code: 0 });
    const offered = (...words: string[]): string[] => {
      const input = `${completion.text.out}
COMP_WORDS=(slipstream ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_slipstream_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['--noprofile', '--norc'], { input, encoding: 'utf8' }).stdout.trim().split('\n');
    };
    expect(offered('tra')).toEqual(['traces', 'trace']);
    expect(offered('traces', '--level', '')).toEqual(['DEBUG', 'DEFAULT', 'WARNING', 'ERROR']);
    expect(offered('deadletter', '')).toEqual(expect.arrayContaining(['list', 'replay']));
    expect(offered('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish', 'powershell']));
  });
});
