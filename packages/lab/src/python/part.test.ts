import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type PythonPartChoice, pythonPart } from './part.js';

const directory = await mkdtemp(join(tmpdir(), 'lab-python-part-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

const choice = (over: Partial<PythonPartChoice> = {}): PythonPartChoice => ({
  startedAt: '2026-01-01T00:00:00.000Z',
  options: { mode: 'quick', suites: ['python'], rounds: 1, budgetMinutes: 1, seed: 1 },
  outDirectory: directory,
  places: { pythonDirectory: directory, sinkModule: 'none', loadModule: 'none', collectorModule: 'none' },
  say: () => undefined,
  signal: AbortSignal.abort(),
  ...over,
});

test('a run without the Python questions has no Python part', async () => {
  const options = { ...choice().options, suites: ['matrix'] as const };
  expect(await pythonPart(choice({ options }))).toBeUndefined();
});

test('a run that is gone on with has the results that it had, and another run has not', async () => {
  const results = { format: 'slipstream-lab-python/1' };
  await writeFile(join(directory, 'python-results.json'), JSON.stringify({ startedAt: choice().startedAt, results }));
  expect(await pythonPart(choice())).toEqual(results);
  expect(await pythonPart(choice({ startedAt: '2026-01-02T00:00:00.000Z' }))).toBeUndefined();
});

test('results that were cut off in the middle count as none', async () => {
  await writeFile(join(directory, 'python-results.json'), '{"startedAt":"2026');
  expect(await pythonPart(choice())).toBeUndefined();
});
