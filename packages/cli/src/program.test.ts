import { traceFilterSchema } from '@slipstream/query-api';
import { describe, expect, it } from 'vitest';
import { toFilterQuery } from './collector/traces.js';
import { EXIT_CODE } from './exit-codes.js';
import type { Actions, FilterFlags } from './program/flags.js';
import { runProgram } from './program.js';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The action that ran, with its arguments. */
  readonly called: readonly unknown[];
}

async function run(...argv: string[]): Promise<Ran> {
  const texts = { out: '', err: '' };
  let called: readonly unknown[] = [];
  const note =
    (name: string, code: number) =>
    async (...args: unknown[]): Promise<number> => {
      called = [name, ...args];
      return code;
    };
  const actions: Actions = {
    up: note('up', 0),
    dev: note('dev', 7),
    status: note('status', 1),
    traces: note('traces', 0),
    trace: note('trace', 0),
    tail: note('tail', 0),
    query: note('query', 0),
    exportTo: note('exportTo', 0),
    importFrom: note('importFrom', 7),
    env: note('env', 0),
    deadLetters: note('deadLetters', 0),
    replay: note('replay', 0),
    lab: note('lab', 0),
  };
  const code = await runProgram(argv, '1.2.3', actions, {
    out: (text) => {
      texts.out += text;
    },
    err: (text) => {
      texts.err += text;
    },
  });
  return { code, ...texts, called };
}

const COMMANDS = [
  'up',
  'dev',
  'status',
  'traces',
  'trace',
  'tail',
  'query',
  'export',
  'import',
  'deadletter',
  'env',
  'lab',
  'completion',
];

describe('the command line', () => {
  it('prints its help to stdout, with every exit code', async () => {
    const { code, out, err } = await run('--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    for (const exitCode of Object.values(EXIT_CODE)) expect(out).toMatch(new RegExp(`^ {2}${exitCode} `, 'm'));
  });

  it('prints its version to stdout', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, out: '1.2.3\n', err: '' });
  });

  it('explains itself on stderr when it is given nothing', async () => {
    expect(await run()).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Usage: slipstream') });
  });

  it('suggests the command that was meant', async () => {
    expect(await run('stauts')).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean status?') });
  });

  it('suggests the flag that was meant', async () => {
    expect(await run('up', '--prot', '1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean --port?'),
    });
  });

  it('leaves to the environment what is not given', async () => {
    expect((await run('up')).called[1]).toEqual({ json: false });
  });

  it('reads the flags of up', async () => {
    const { called } = await run('up', '--port', '0', '--host', '::1', '--data-dir', 'd', '--token', 't');
    expect(called[1]).toEqual({ port: 0, host: '::1', dataDir: 'd', token: 't', json: false });
  });

  it.each(['65536', '-1', '1.5', 'x', ''])('refuses %j as a port', async (port) => {
    expect(await run('up', '--port', port)).toMatchObject({
      code: 2,
      err: expect.stringContaining('0 to 65535'),
      called: [],
    });
  });

  it('takes the highest port', async () => {
    expect((await run('up', '--port', '65535')).called[1]).toMatchObject({ port: 65_535 });
  });

  it('leaves everything after -- to the command of dev, and ends with its code', async () => {
    const { code, called } = await run('dev', '--port', '0', '--keep', '--', 'node', 'a.js', '--port', '9', '--help');
    expect(called.slice(1)).toEqual([['node', 'a.js', '--port', '9', '--help'], { port: 0, keep: true }]);
    expect(code).toBe(7);
  });

  it('takes flags after the command of dev for its own even without --', async () => {
    expect((await run('dev', 'node', '--watch', 'a.js')).called[1]).toEqual(['node', '--watch', 'a.js']);
  });

  it('wants a command for dev', async () => {
    expect(await run('dev')).toMatchObject({
      code: 2,
      err: expect.stringContaining("missing required argument 'command'"),
    });
  });

  it('reads where queue and store are, and the port for gRPC', async () => {
    const { called } = await run('dev', '--queue', 'redis://q', '--store', 'clickhouse://s', '--grpc-port', '0', 'x');
    expect(called[2]).toEqual({ queue: 'redis://q', store: 'clickhouse://s', grpcPort: 0, keep: false });
    expect((await run('up', '--grpc-port', 'off')).called[1]).toMatchObject({ grpcPort: 'off' });
    expect(await run('up', '--grpc-port', 'on')).toMatchObject({ code: 2 });
  });

  it('has a flag for each field of the trace filter, in traces and in tail', async () => {
    const words = {
      name: 'n',
      conversation: 'c',
      user: 'u',
      service: 's',
      metadata: 'k:v',
      level: 'error',
      text: 't',
      since: '2026-01-02T03:04:05Z',
      until: '2026-01-03',
    };
    const argv = Object.entries(words).flatMap(([flag, value]) => [`--${flag}`, value]);
    const [traces, tail] = await Promise.all(['traces', 'tail'].map((command) => run(command, ...argv)));
    for (const { called } of [traces!, tail!]) {
      const query = toFilterQuery(called[1] as FilterFlags);
      const fields = Object.keys(traceFilterSchema.shape);
      expect([...query.keys()].sort()).toEqual(fields.sort());
      expect(traceFilterSchema.parse({ ...Object.fromEntries(query), metadata: query.getAll('metadata') })).toEqual({
        name: 'n',
        conversation: 'c',
        user: 'u',
        service: 's',
        metadata: ['k:v'],
        level: 'ERROR',
        text: 't',
        fromUs: Date.UTC(2026, 0, 2, 3, 4, 5) * 1000,
        toUs: Date.UTC(2026, 0, 3) * 1000,
      });
    }
  });

  it.each([
    ['30s', 30],
    ['15m', 900],
    ['2h', 7200],
    ['7d', 604_800],
    ['1w', 604_800],
  ])('takes %s as so long ago', async (text, seconds) => {
    const before = Date.now();
    const since = ((await run('traces', '--since', text)).called[1] as FilterFlags).since!;
    expect(since).toBeGreaterThanOrEqual((before - seconds * 1000) * 1000);
    expect(since).toBeLessThanOrEqual((Date.now() - seconds * 1000) * 1000);
  });

  it.each([
    ['traces', '--since', 'yesterday'],
    ['traces', '--since', '5'],
    ['traces', '--until', '1999999999999999'],
    ['traces', '--level', 'LOUD'],
    ['traces', '--metadata', 'no-colon'],
    ['traces', '--limit', '0'],
    ['trace', 'xyz'],
    ['trace', '4bf'],
    ['trace', '4bf92f35', '--observation', '00f067aa0ba902b7f'],
    ['query', 'SELECT 1', '--max-rows', '100001'],
    ['query', 'SELECT 1', '--timeout', '61'],
    ['export', '--format', 'xml'],
    ['export', '--what', 'spans'],
    ['export', '--trace', '4bf92f35'],
    ['deadletter', 'replay', 'x', '--max', '0'],
    ['deadletter', 'replay'],
    ['completion', 'tcsh'],
  ])('refuses %s %s %s', async (...argv) => {
    expect(await run(...argv)).toMatchObject({ code: 2, called: [], out: '' });
  });

  it('takes eight metadata filters and not nine', async () => {
    const filters = (count: number): string[] => Array.from({ length: count }, (_, i) => `--metadata=k${i}:v`);
    expect((await run('traces', ...filters(8))).called[1]).toMatchObject({ metadata: { length: 8 } });
    expect(await run('traces', ...filters(9))).toMatchObject({ code: 2, err: expect.stringContaining('at most 8') });
  });

  it('lists dead letters unless told to replay them', async () => {
    expect((await run('deadletter')).called).toEqual(['deadLetters', { json: false }]);
    expect((await run('deadletter', '--json')).called).toEqual(['deadLetters', { json: true }]);
    expect((await run('deadletter', 'list', '--url', 'http://h')).called).toEqual([
      'deadLetters',
      { json: false, url: 'http://h' },
    ]);
    expect((await run('deadletter', 'replay', 'langfuse', '--max', '5')).called).toEqual([
      'replay',
      'langfuse',
      { json: false, max: 5 },
    ]);
  });

  it('leaves all arguments of the lab to the lab, --help too', async () => {
    expect((await run('lab', '--quick', '--arms', 'a,b', '--help')).called).toEqual([
      'lab',
      ['--quick', '--arms', 'a,b', '--help'],
    ]);
  });

  it('gives every command but the lab a help with an example', async () => {
    const commands = [...COMMANDS.filter((name) => name !== 'lab'), 'deadletter list', 'deadletter replay'];
    for (const command of commands.filter((name) => name !== 'deadletter')) {
      const { code, out } = await run(...command.split(' '), '--help');
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`^ {2}.*slipstream ${command.replace(' list', '')}`, 'm'));
      expect(out).toMatch(/^Examples?:$/m);
    }
  });

  it('reads the flags of status, seconds as milliseconds', async () => {
    expect((await run('status', '--json', '--wait', '0.5', '--url', 'http://h:1')).called[1]).toEqual({
      json: true,
      waitMs: 500,
      url: 'http://h:1',
    });
  });

  it.each(['-1', '3601', 'soon'])('refuses to wait %s seconds', async (seconds) => {
    expect(await run('status', '--wait', seconds)).toMatchObject({ code: 2, called: [] });
  });
});
