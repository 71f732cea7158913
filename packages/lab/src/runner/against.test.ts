import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LabPreparationError } from '../errors.js';
import { buildAgainst, isGitRef } from './against.js';

const hasGit = spawnSync('git', ['--version']).status === 0;
let repository = '';
let said: string[];
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'lab-against-'));
  said = [];
});
afterEach(() => rmSync(repository, { recursive: true, force: true }));

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=lab', '-c', 'user.email=lab@example.org', ...args], {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

function write(path: string, text: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

/** A repository whose build writes what its own source says. */
function commitSdk(version: string, build = `writeFileSync(target, 'export const version = ${version};');`): string {
  const name = { name: 'lab-against-fixture', version: '1.0.0' };
  write('package.json', JSON.stringify(name));
  write('package-lock.json', JSON.stringify({ ...name, lockfileVersion: 3, requires: true, packages: { '': name } }));
  write(
    'packages/sdk/build.mjs',
    `import { mkdirSync, writeFileSync } from 'node:fs';
     mkdirSync(new URL('./dist/', import.meta.url), { recursive: true });
     const target = new URL('./dist/index.js', import.meta.url);
     ${build}`,
  );
  git('add', '.');
  git('commit', '--quiet', '-m', version);
  return git('rev-parse', 'HEAD');
}

const build = (ref: string) => buildAgainst(ref, repository, { say: (line) => said.push(line) });

test.skipIf(!hasGit)('the SDK of an earlier commit is built beside the present one, and removed', async () => {
  git('init', '--quiet');
  const first = commitSdk('1');
  commitSdk('2');
  const against = await build('HEAD~1');
  expect(against.commit).toBe(first);
  await expect(import(against.sdkUrl)).resolves.toMatchObject({ version: 1 });
  expect(git('worktree', 'list').split('\n')).toHaveLength(2);
  await against.remove();
  expect(existsSync(fileURLToPath(against.sdkUrl))).toBe(false);
  expect(git('worktree', 'list').split('\n')).toHaveLength(1);
});

test.skipIf(!hasGit)(
  'a commit that is not there and a build that fails are said, and leave nothing behind',
  async () => {
    git('init', '--quiet');
    commitSdk('1', `throw new Error('it does not compile');`);
    await expect(build('no-such-branch')).rejects.toThrow('no commit "no-such-branch"');
    await expect(build('HEAD')).rejects.toThrow(/it does not compile/);
    await expect(build('HEAD')).rejects.toBeInstanceOf(LabPreparationError);
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  },
);

test('what could be an option or a command is no name of a commit', async () => {
  for (const ref of ['-x', '--upload-pack=x', 'a b', 'a;b', '$(x)', '', 'x'.repeat(201)]) {
    expect(isGitRef(ref), ref).toBe(false);
    await expect(build(ref)).rejects.toThrow('cannot be the name of a commit');
  }
  for (const ref of ['main', 'HEAD~3', 'v1.2.3', 'feature/x-y', 'abc123', 'main@{1}']) expect(isGitRef(ref)).toBe(true);
});
