import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeTree, type Tree } from './tree.js';

/** Scripts of the root are no package that could be imported by name. */
function load<T>(name: string): Promise<T> {
  return import(new URL(`../../../scripts/${name}`, import.meta.url).href) as Promise<T>;
}

const { satisfies } = await load<{ satisfies(version: string, range: string): boolean }>('setup/node-version.mjs');
const { addTotals, readTotals, summaryLine } = await load<{
  addTotals(a: unknown, b: unknown): unknown;
  readTotals(report: unknown, exitCode: number): unknown;
  summaryLine(passed: number, failed: number, skipped: number): string;
}>('testing/results.mjs');
const { findMissingPlatformPackages } = await load<{
  findMissingPlatformPackages(lock: unknown): { location: string; entry: Record<string, unknown> }[];
}>('setup/platform-packages.mjs');
const { hashInputs, describeOutputs } = await load<{
  hashInputs(root: string, inputs: string[]): string;
  describeOutputs(root: string, outputs: string[]): string[];
}>('setup/fingerprint.mjs');
const { supervise } = await load<{
  supervise(
    script: string,
    args: string[],
    options: { cwd: string; onLine: (line: string) => void },
  ): { ready: Promise<string>; ended: Promise<number>; stop(): Promise<number>; kill(): void };
}>('process/supervisor.mjs');

let tree: Tree | undefined;

afterEach(() => {
  tree?.remove();
  tree = undefined;
});

describe('the check of the Node version', () => {
  const RANGE = '^20.19.0 || ^22.14.0 || >=24';

  it.each(['20.19.0', '20.20.2', '22.14.0', '24.0.0', '26.10.1'])('takes %s', (version) => {
    expect(satisfies(version, RANGE)).toBe(true);
  });

  it.each(['18.20.0', '20.18.9', '21.9.0', '22.13.9', '23.11.0'])('refuses %s', (version) => {
    expect(satisfies(version, RANGE)).toBe(false);
  });
});

describe('the count of tests', () => {
  const file = (status: string, ...tests: [name: string, status: string][]): unknown => ({
    name: '/x.test.ts',
    status,
    message: 'cannot load it',
    assertionResults: tests.map(([fullName, testStatus]) => ({ fullName, status: testStatus })),
  });

  it('counts what passed and failed, and names what was skipped', () => {
    const report = {
      testResults: [file('failed', ['a', 'passed'], ['b', 'failed']), file('passed', ['c', 'skipped'], ['d', 'todo'])],
    };
    expect(readTotals(report, 1)).toMatchObject({ passed: 1, failed: 1, skipped: ['c', 'd'], notes: [] });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const report = { testResults: [file('failed'), file('passed', ['a', 'passed'])] };
    expect(readTotals(report, 1)).toMatchObject({ passed: 1, failed: 1, notes: ['/x.test.ts: cannot load it'] });
  });

  it('counts an error outside of every test as a failure', () => {
    expect(readTotals({ testResults: [file('passed', ['a', 'passed'])] }, 1)).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  it('does not pass when nothing ran or no report is there', () => {
    expect(readTotals({ testResults: [] }, 0)).toMatchObject({ passed: 0, failed: 1 });
    expect(readTotals(undefined, 0)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('adds up runs on several Nodes, where what one of them ran was not skipped', () => {
    const on20 = readTotals({ testResults: [file('passed', ['a', 'passed'], ['b', 'skipped'], ['c', 'skipped'])] }, 0);
    const on22 = readTotals({ testResults: [file('passed', ['a', 'passed'], ['b', 'passed'], ['c', 'skipped'])] }, 0);
    expect(addTotals(on20, on22)).toMatchObject({ passed: 3, failed: 0, skipped: ['c'] });
  });

  it('is one line', () => {
    expect(summaryLine(12, 0, 0)).toBe('12 passed, 0 failed');
    expect(summaryLine(12, 1, 3)).toBe('12 passed, 1 failed, 3 skipped');
  });
});

describe('the completion of a lock file', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/native': {
        dev: true,
        license: 'MIT',
        optionalDependencies: { '@n/linux-x64': '1.2.3', '@n/linux-arm64-musl': '1.2.3', '@n/win32-x64-msvc': '1.2.3' },
      },
      'node_modules/@n/linux-x64': { version: '1.2.3' },
      'node_modules/other': { optionalDependencies: { 'not-native': '1.0.0', 'ranged-x64': '^1.0.0' } },
    },
  };

  it('adds the platform packages that have no entry, with what their names say', () => {
    expect(findMissingPlatformPackages(lock)).toEqual([
      {
        location: 'node_modules/@n/linux-arm64-musl',
        entry: {
          version: '1.2.3',
          cpu: ['arm64'],
          dev: true,
          libc: ['musl'],
          license: 'MIT',
          optional: true,
          os: ['linux'],
        },
      },
      {
        location: 'node_modules/@n/win32-x64-msvc',
        entry: { version: '1.2.3', cpu: ['x64'], dev: true, license: 'MIT', optional: true, os: ['win32'] },
      },
    ]);
  });
});

describe('the fingerprint of build inputs', () => {
  it('changes with a content or a name, and not with a time or a built file', () => {
    tree = makeTree({ 'src/a.ts': 'a', 'src/b.ts': 'b' });
    const { root } = tree;
    const before = hashInputs(root, ['src', 'missing']);
    writeFileSync(path.join(root, 'src', 'a.ts'), 'a');
    expect(hashInputs(root, ['src', 'missing'])).toBe(before);
    writeFileSync(path.join(root, 'src', 'a.ts'), 'c');
    expect(hashInputs(root, ['src', 'missing'])).not.toBe(before);
  });

  it('tells a missing output from one that is there, and one that something else wrote over', () => {
    tree = makeTree({ 'out.js': '1' });
    const [before] = describeOutputs(tree.root, ['out.js']);
    writeFileSync(path.join(tree.root, 'out.js'), '2');
    const [after, missing] = describeOutputs(tree.root, ['out.js', 'gone.js']);
    expect(after).not.toBe(before);
    expect(missing).toBe('gone.js missing');
  });
});

describe('the supervisor of start', () => {
  const GOOD = `
    process.on('message', (message) => { if (message.type === 'stop') { console.log('draining'); process.exit(7); } });
    process.send({ type: 'ready', url: 'http://u' });
    console.log('a line');
    setInterval(() => {}, 1000);`;

  it('hears when a program is ready and what it says, and ends it by a message', async () => {
    tree = makeTree({ 'good.mjs': GOOD });
    const lines: string[] = [];
    const service = supervise(path.join(tree.root, 'good.mjs'), [], {
      cwd: tree.root,
      onLine: (line) => lines.push(line),
    });
    expect(await service.ready).toBe('http://u');
    expect(await service.stop()).toBe(7);
    await expect.poll(() => lines).toEqual(['a line', 'draining']);
    expect(await service.stop()).toBe(7);
  });

  it('kills a program that does not listen, with all that it started', async () => {
    const grandchild =
      "setInterval(() => {}, 1000); require('fs').writeFileSync(process.argv[1], String(process.pid));";
    tree = makeTree({
      'stubborn.mjs': `
        import { spawn } from 'node:child_process';
        spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}, process.argv[2]], { stdio: 'ignore' });
        process.on('message', () => {}).on('SIGTERM', () => {});`,
    });
    const pidFile = path.join(tree.root, 'pid');
    const service = supervise(path.join(tree.root, 'stubborn.mjs'), [pidFile], {
      cwd: tree.root,
      onLine: () => undefined,
    });
    await expect
      .poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', { timeout: 10_000 })
      .toBe(true);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    service.kill();
    await service.ended;
    const isAlive = (): boolean => {
      try {
        process.kill(pid, 0);
        // A killed process whose parent is gone may wait for the system to collect it.
        return !(process.platform === 'linux' && /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
      } catch {
        return false; // No such process any more.
      }
    };
    await expect.poll(isAlive, { timeout: 10_000 }).toBe(false);
  });
});
