import { expect, test } from 'vitest';
import { LAB_USAGE, parseLabArguments } from './arguments.js';
import { ARMS } from './arms/registry.js';
import { LabArgumentError } from './errors.js';
import { scenariosOf } from './runner/scenarios.js';

const parse = (...args: string[]) => {
  const options = parseLabArguments(args);
  if (options === 'help') throw new Error('help');
  return options;
};

test('without arguments it is a quick run of everything into lab-report', () => {
  const options = parse();
  expect(options).toMatchObject({ mode: 'quick', outDirectory: 'lab-report', json: false });
  expect(options.arms).toEqual(ARMS.map((arm) => arm.name));
  expect(options.scenarios).toEqual(scenariosOf('quick').map((scenario) => scenario.name));
});

test('chosen arms keep the untraced ones beside them', () => {
  expect(parse('--arms', 'dd-trace, slipstream').arms).toEqual([
    'untraced',
    'untraced-again',
    'slipstream',
    'dd-trace',
  ]);
});

test('--full has more rounds than --quick, and both together are refused', () => {
  expect(parse('--full').rounds).toBeGreaterThan(parse('--quick').rounds);
  expect(() => parse('--full', '--quick')).toThrow(LabArgumentError);
});

test('unknown arms, scenarios, options and numbers that are none are refused', () => {
  for (const args of [
    ['--arms', 'nothing'],
    ['--scenarios', 'nothing'],
    ['--nothing'],
    ['--rounds', '0'],
    ['--rounds', '1.5'],
    ['--seed', 'x'],
    ['positional'],
  ]) {
    expect(() => parse(...args), args.join(' ')).toThrow(LabArgumentError);
  }
});

test('numbers and switches are read', () => {
  const options = parse('--rounds', '1', '--seed', '7', '--budget-minutes', '2', '--json', '--out', 'here');
  expect(options).toMatchObject({ rounds: 1, seed: 7, budgetMinutes: 2, json: true, outDirectory: 'here' });
});

test('the help names every arm and every scenario', () => {
  expect(parseLabArguments(['--help'])).toBe('help');
  for (const { name } of [...ARMS, ...scenariosOf('quick')]) expect(LAB_USAGE).toContain(name);
});
