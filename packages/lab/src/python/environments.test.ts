import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { ensureEnvironment, interpreterIn, isEnvironmentCurrent, packageVersion } from './environments.js';
import { PYTHON_SUBJECTS } from './subjects.js';

const directory = await mkdtemp(join(tmpdir(), 'lab-python-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

const REQUIREMENTS = 'langfuse==5.0.4 \\\n    --hash=sha256:00\nlangchain==1.0 ; python_version >= "3.10"\n';

test('an environment has its interpreter where the system puts it', () => {
  expect(interpreterIn('venv', 'win32').replaceAll('\\', '/')).toBe('venv/Scripts/python.exe');
  expect(interpreterIn('venv', 'linux').replaceAll('\\', '/')).toBe('venv/bin/python');
});

test('an environment is current when it is whole and was made from the same requirements', async () => {
  const environment = join(directory, 'whole');
  expect(await isEnvironmentCurrent(environment, REQUIREMENTS)).toBe(false);
  await mkdir(dirname(interpreterIn(environment)), { recursive: true });
  await writeFile(interpreterIn(environment), '');
  expect(await isEnvironmentCurrent(environment, REQUIREMENTS)).toBe(false);
  await writeFile(
    join(environment, 'lab-requirements.sha256'),
    createHash('sha256').update(REQUIREMENTS).digest('hex'),
  );
  expect(await isEnvironmentCurrent(environment, REQUIREMENTS)).toBe(true);
  expect(await isEnvironmentCurrent(environment, REQUIREMENTS.replaceAll('\n', '\r\n'))).toBe(true);
  expect(await isEnvironmentCurrent(environment, REQUIREMENTS.replace('5.0.4', '5.0.5'))).toBe(false);
});

test('a Python that cannot make an environment is a reason, not an error', async () => {
  await mkdir(join(directory, 'requirements'), { recursive: true });
  await writeFile(join(directory, 'requirements', 'untraced.txt'), REQUIREMENTS);
  const interpreter = { command: 'no-such-python', prefix: [], version: '3.11.7' };
  const outcome = await ensureEnvironment(directory, 'untraced', interpreter, () => undefined);
  expect(outcome).toMatchObject({ kind: 'missing', reason: expect.stringContaining('no-such-python') });
});

test('a package that is not installed has no version', async () => {
  expect(await packageVersion('no-such-python', 'langfuse')).toBeUndefined();
});

test('every subject has requirements in which each package is pinned and has a hash', async () => {
  const folder = fileURLToPath(new URL('../../python/requirements/', import.meta.url));
  const files = await readdir(folder);
  for (const { environment, package: name } of PYTHON_SUBJECTS) {
    expect(files).toContain(`${environment}.txt`);
    const requirements = await readFile(join(folder, `${environment}.txt`), 'utf8');
    if (name !== undefined) expect(requirements).toMatch(new RegExp(`^${name}==`, 'm'));
    const entries = requirements.split(/\n(?=\S)/).filter((entry) => entry.trim() !== '');
    expect(entries.filter((entry) => !/^[\w.-]+==\S/.test(entry) || !entry.includes('--hash=sha256:'))).toEqual([]);
  }
});
