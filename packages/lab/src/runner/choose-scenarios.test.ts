import { expect, test } from 'vitest';
import { type LabOptions, parseLabArguments } from '../arguments.js';
import { chooseScenarios } from './choose-scenarios.js';
import { scheduleRound } from './schedule.js';

function choose(...args: string[]) {
  return chooseScenarios(parseLabArguments(args) as LabOptions);
}

const running = process.versions.node.split('.', 1)[0];
const others = ['20', '22', '24', '26'].filter((major) => major !== running);

test('a single question of any set is asked with one arm and the untraced ones', () => {
  const [scenario, ...rest] = choose('--only', '4kb-paced:laminar');
  expect(rest).toEqual([]);
  expect(scenario?.arms).toEqual(['untraced', 'untraced-again', 'laminar']);
  expect(choose('--only', 'tiny-paced,server-slow:slipstream').map(({ name }) => name)).toEqual([
    'tiny-paced',
    'server-slow',
  ]);
});

test('under other Nodes each question is asked once more, next to the plain one', () => {
  const options = parseLabArguments(['--scenarios', 'tiny-paced,4kb-paced', '--node', '20,22,24,26']) as LabOptions;
  const scenarios = chooseScenarios(options);
  expect(scenarios.map(({ name }) => name)).toEqual(
    ['tiny-paced', '4kb-paced'].flatMap((name) => [name, ...others.map((major) => `${name}@node${major}`)]),
  );
  expect(scenarios.filter(({ node }) => node !== undefined).map(({ node }) => node)).toEqual([...others, ...others]);
  const order = scheduleRound({ ...options, scenarios, round: 0, seed: 1 }).map(({ scenario }) => scenario.name);
  const plainNames = order.map((name) => name.split('@')[0]);
  expect(plainNames.filter((name, index) => name !== plainNames[index - 1])).toHaveLength(2);
});

test('another commit stands beside Slipstream, and nowhere else', () => {
  for (const { arms } of choose('--against', 'HEAD~1')) {
    expect(arms.includes('slipstream-against')).toBe(arms.includes('slipstream'));
  }
  expect(choose().some(({ arms }) => arms.includes('slipstream-against'))).toBe(false);
});
