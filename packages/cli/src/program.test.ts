import { describe, expect, it } from 'vitest';
import { EXIT_CODE } from './exit-codes.js';
import { type Actions, runProgram } from './program.js';

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
  const actions: Actions = { up: note('up', 0), dev: note('dev', 7), status: note('status', 1) };
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

describe('the command line', () => {
  it('prints its help to stdout, with every exit code', async () => {
    const { code, out, err } = await run('--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of ['up', 'dev', 'status']) expect(out).toMatch(new RegExp(`^ {2}${command} `, 'm'));
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
    expect((await run('up')).called[1]).toEqual({});
  });

  it('reads the flags of up', async () => {
    const { called } = await run('up', '--port', '0', '--host', '::1', '--data-dir', 'd', '--token', 't');
    expect(called[1]).toEqual({ port: 0, host: '::1', dataDir: 'd', token: 't' });
  });

  it.each(['65536', '-1', '1.5', 'x', ''])('refuses %j as a port', async (port) => {
    expect(await run('up', '--port', port)).toMatchObject({
      code: 2,
      err: expect.stringContaining('0 to 65535'),
      called: [],
    });
  });

  it('takes the highest port', async () => {
    expect((await run('up', '--port', '65535')).called[1]).toEqual({ port: 65_535 });
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
