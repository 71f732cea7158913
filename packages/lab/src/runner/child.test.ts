import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LabProcessError } from '../errors.js';
import { errorLineOf, startProcess } from './child.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lab-child-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function start(source: string) {
  const path = join(directory, 'child.mjs');
  writeFileSync(path, source);
  return startProcess<{ type: 'hello'; task: unknown }, { type: 'go' }>(path, { arm: 'x' });
}

const LIMIT_MS = 10_000;

test('a process gets its task and its messages are kept until they are wanted', async () => {
  const child = start(`
    process.send({ type: 'hello', task: JSON.parse(process.argv[2]) });
    process.once('message', () => process.disconnect());
  `);
  await expect(child.receive('hello', LIMIT_MS)).resolves.toMatchObject({ task: { arm: 'x' } });
  child.send({ type: 'go' });
  await expect(child.waitForEnd(LIMIT_MS)).resolves.toMatchObject({ code: 0 });
});

test('waiting for a message of a process that fails tells the error', async () => {
  const child = start(`throw new TypeError('no such thing')`);
  await expect(child.receive('hello', LIMIT_MS)).rejects.toThrow(/exit code 1.*TypeError: no such thing/);
  await expect(child.receive('hello', LIMIT_MS)).rejects.toBeInstanceOf(LabProcessError);
});

test('a process that does not end is killed at the limit', async () => {
  const child = start('setInterval(() => {}, 1000)');
  await expect(child.receive('hello', 50)).rejects.toThrow('within 50 ms');
  await expect(child.waitForEnd(50)).resolves.toMatchObject({ signal: 'SIGKILL' });
});

test('the line with the error is found among what Node prints around it', () => {
  expect(errorLineOf('node:internal:1\n    throw new ERR(\n\nError [ERR_X]: it broke\n    at f\n\nNode.js v20')).toBe(
    'Error [ERR_X]: it broke',
  );
  expect(errorLineOf('killed\n')).toBe('killed');
  expect(errorLineOf('')).toBe('nothing on stderr');
});
