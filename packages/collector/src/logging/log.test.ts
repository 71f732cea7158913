import { expect, it } from 'vitest';
import { createLog, type LogSettings } from './log.js';

function collect(settings: LogSettings = {}): { lines: string[]; log: ReturnType<typeof createLog> } {
  const lines: string[] = [];
  return { lines, log: createLog({ ...settings, write: (line) => lines.push(line) }) };
}

it('writes one JSON object a line, with time, level, name, message and fields', () => {
  const { lines, log } = collect();
  log.warn('spans are refused', { destination: 'store', status: 503 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'warn',
    name: 'slipstream-collector',
    message: 'spans are refused',
    destination: 'store',
    status: 503,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
});

it('writes a line of text for people', () => {
  const { lines, log } = collect({ format: 'text' });
  log.error('it failed', { destination: 'store', status: undefined });
  log.info('it works');
  expect(lines).toEqual(['slipstream collector: it failed (destination: store)', 'slipstream collector: it works']);
});

it.each(['json', 'text'] as const)('leaves out what is below its level (%s)', (format) => {
  const { lines, log } = collect({ format, level: 'error' });
  log.info('a');
  log.warn('b');
  log.error('c');
  expect(lines).toHaveLength(1);
  const silent = collect({ format, level: 'silent' });
  silent.log.error('d');
  expect(silent.lines).toEqual([]);
});

it.each(['json', 'text'] as const)('stays one line of bounded length, whatever a server answered (%s)', (format) => {
  const { lines, log } = collect({ format });
  log.warn(`a\nb\u001b[31mc\u0000${'x'.repeat(10_000)}`);
  expect(lines).toHaveLength(1);
  for (const control of ['\n', '\u001b', '\\n', '\\u001b']) expect(lines[0]).not.toContain(control);
  expect(lines[0]!.length).toBeLessThan(2_300);
});
