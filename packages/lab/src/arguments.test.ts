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

test('the baseline asks the same questions of more peers, and the faults stand alone or beside it', () => {
  expect(parse('--baseline').scenarios).toEqual(expect.arrayContaining([...parse().scenarios]));
  expect(parse('--quick', '--baseline').suites).toEqual(parse('--baseline').suites);
  expect(parse('--faults').scenarios.every((name) => name.startsWith('server-'))).toBe(true);
  expect(parse('--faults').scenarios).not.toContain('server-4kb');
  expect(parse('--quick', '--faults').scenarios).toEqual([...parse().scenarios, ...parse('--faults').scenarios]);
  expect(parse('--baseline', '--faults').scenarios).toEqual([
    ...parse('--baseline').scenarios,
    ...parse('--faults').scenarios,
  ]);
});

test('more to measure gets more time', () => {
  expect(parse('--baseline', '--faults').budgetMinutes).toBeGreaterThan(parse('--baseline').budgetMinutes);
  expect(parse('--baseline').budgetMinutes).toBeGreaterThan(parse().budgetMinutes);
});

test('a scenario of another set is refused', () => {
  expect(() => parse('--scenarios', 'server-slow')).toThrow(LabArgumentError);
  expect(parse('--faults', '--scenarios', 'server-slow').scenarios).toEqual(['server-slow']);
});

test('the help names every arm and every scenario', () => {
  expect(parseLabArguments(['--help'])).toBe('help');
  for (const { name } of [...ARMS, ...scenariosOf('quick', ['baseline', 'faults'])]) expect(LAB_USAGE).toContain(name);
});
