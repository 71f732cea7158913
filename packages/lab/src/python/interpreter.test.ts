import { expect, test } from 'vitest';
import { findInterpreter, isAtLeast, parsePythonVersion } from './interpreter.js';

test('a version is read from what Python says, and from nothing else', () => {
  expect(parsePythonVersion('Python 3.11.7\n')).toBe('3.11.7');
  expect(parsePythonVersion('Python 3.13.0rc2')).toBe('3.13.0');
  expect(parsePythonVersion('Python was not found; run without arguments to install from the Store')).toBeUndefined();
  expect(parsePythonVersion('')).toBeUndefined();
});

test('versions are compared as numbers, part by part', () => {
  expect(isAtLeast('3.9.0', '3.10')).toBe(false);
  expect(isAtLeast('3.10.0', '3.10')).toBe(true);
  expect(isAtLeast('3.11.7', '3.9')).toBe(true);
  expect(isAtLeast('2.7.18', '3.9')).toBe(false);
  expect(isAtLeast('4.0.0', '3.9')).toBe(true);
});

test('python3 is asked first, then python, then the launcher of Windows', async () => {
  const asked: string[] = [];
  const found = await findInterpreter(async ({ command, prefix }) => {
    asked.push([command, ...prefix].join(' '));
    return command === 'py' ? 'Python 3.12.1' : undefined;
  });
  expect(asked).toEqual(['python3', 'python', 'py -3']);
  expect(found).toEqual({ command: 'py', prefix: ['-3'], version: '3.12.1' });
});

test('a Python that is too old is passed over for one that is not', async () => {
  const versions: Record<string, string> = { python3: 'Python 3.8.19', python: 'Python 3.9.0' };
  expect((await findInterpreter(async ({ command }) => versions[command]))?.command).toBe('python');
  expect(await findInterpreter(async () => 'Python 3.8.19')).toBeUndefined();
});
