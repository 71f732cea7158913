import { expect, test } from 'vitest';
import { LabArgumentError } from '../errors.js';
import { HANDLER_USAGE, parseHandlerArguments } from './arguments.js';

test('a file alone is measured with Slipstream round each call', () => {
  expect(parseHandlerArguments(['my-handler.ts'])).toMatchObject({ file: 'my-handler.ts', ownTracing: false });
  expect(parseHandlerArguments(['my-handler.ts'])).not.toHaveProperty('calls');
});

test('options are read, whichever side of the file they stand', () => {
  expect(
    parseHandlerArguments(['--with', 'setup.mjs', 'h.ts', '--rounds', '3', '--calls', '50', '--json']),
  ).toMatchObject({ file: 'h.ts', withFile: 'setup.mjs', rounds: 3, calls: 50, json: true });
  expect(parseHandlerArguments(['h.ts', '--help'])).toBe('help');
  expect(HANDLER_USAGE).toContain('--own-tracing');
});

test.each([
  [[]],
  [['a.ts', 'b.ts']],
  [['a.ts', '--with', 'x.mjs', '--own-tracing']],
  [['a.ts', '--rounds', '0']],
  [['a.ts', '--calls', '1000001']],
  [['a.ts', '--calls', 'many']],
  [['a.ts', '--nothing']],
])('%j is refused', (args) => {
  expect(() => parseHandlerArguments(args)).toThrow(LabArgumentError);
});
