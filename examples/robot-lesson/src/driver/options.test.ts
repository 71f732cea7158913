import { describe, expect, it } from 'vitest';
import { parseDriverOptions } from './options.js';

const parse = (...args: string[]) => parseDriverOptions(['--url', 'http://127.0.0.1:1', ...args]);

describe('parseDriverOptions', () => {
  it('needs no more than the address of the service', () => {
    expect(parse()).toMatchObject({ speed: 1, limit: Number.POSITIVE_INFINITY, durationMs: Number.POSITIVE_INFINITY });
    expect(parse().tracePath).toMatch(/data[/\\]azure-llm-inference-2023-conv\.csv$/);
  });

  it('takes every option', () => {
    const options = parse(
      '--speed',
      '20',
      '--limit',
      '7',
      '--duration-seconds',
      '1.5',
      '--seed',
      'x',
      '--fault-rate',
      '0',
    );
    expect(options).toMatchObject({ speed: 20, limit: 7, durationMs: 1_500, seed: 'x', faultRate: 0 });
  });

  it.each(['1', '100'])('takes speed %s', (speed) => {
    expect(parse('--speed', speed).speed).toBe(Number(speed));
  });

  it.each([
    [['--speed', '0.9']],
    [['--speed', '101']],
    [['--speed', '']],
    [['--limit', 'many']],
    [['--fault-rate', '1.1']],
    [['--unknown', '1']],
  ])('refuses %j', (args) => {
    expect(() => parse(...args)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENTS' }));
  });

  it('refuses to run without an address', () => {
    expect(() => parseDriverOptions([])).toThrow(/--url/);
  });
});
