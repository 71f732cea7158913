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
    ['--python-rounds', '0'],
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

test('--only takes questions of every set, and refuses what it does not have', () => {
  expect(parse('--only', '4kb-paced:slipstream, server-slow')).toMatchObject({
    suites: ['matrix', 'faults'],
    scenarios: ['4kb-paced', 'server-slow'],
    only: { '4kb-paced': ['slipstream'], 'server-slow': [] },
  });
  expect(parse('--only', '4kb-paced:langsmith').suites).toEqual(['baseline']);
  for (const args of [
    ['--only', 'nothing'],
    ['--only', '4kb-paced:nothing'],
    ['--only', 'server-slow:langsmith'],
    ['--only', '4kb-paced:slipstream:x'],
    ['--only', '4kb-paced', '--arms', 'slipstream'],
  ]) {
    expect(() => parse(...args), args.join(' ')).toThrow(LabArgumentError);
  }
});

test('other Nodes are major versions, without the one that runs the lab', () => {
  const running = process.versions.node.split('.', 1)[0] ?? '';
  expect(parse('--node', `${running},99,99`).nodes).toEqual(['99']);
  expect(parse('--node', running).nodes).toBeUndefined();
  for (const list of ['22.1', 'x', '22 24', '1,2']) expect(() => parse('--node', list)).toThrow(LabArgumentError);
});

test('another commit is a name of one, and its arm stays where arms are chosen', () => {
  expect(parse('--against', 'HEAD~3', '--arms', 'slipstream').arms).toContain('slipstream-against');
  expect(() => parse('--against=--upload-pack=x')).toThrow(LabArgumentError);
  expect(() => parse('--against', 'a b')).toThrow(LabArgumentError);
});

test('going on needs no options, and checks those that are given', () => {
  expect(parse().resume).toBe('none');
  expect(parse('--resume', '--out', 'here', '--json').resume).toBe('as-planned');
  expect(parse('--resume', '--quick').resume).toBe('same-options');
});

test('a full run has every set, or those that are named', () => {
  expect(parse('--full').suites).toEqual(['baseline', 'ways', 'mistakes', 'faults', 'python']);
  expect(parse('--full', '--mistakes', '--ways').suites).toEqual(['ways', 'mistakes']);
});

test('a full run takes as many rounds as fit its time, and at least three', () => {
  expect(parse('--full')).toMatchObject({ budgetMinutes: 240, minRounds: 3 });
  expect(parse('--full', '--rounds', '2')).toMatchObject({ rounds: 2, minRounds: 2 });
  expect(parse()).toMatchObject({ minRounds: 1 });
  expect(parse().pythonRounds).toBeUndefined();
  expect(parse('--full', '--python-rounds', '2').pythonRounds).toBe(2);
});
