import { expect, test } from 'vitest';
import { ARMS, type ArmName, describeArm } from '../arms/registry.js';
import { type Scenario, scenariosOf } from './scenarios.js';
import { type ScheduleChoice, type ScheduledSample, scheduleRound } from './schedule.js';

const everyArm: ArmName[] = ARMS.map((arm) => arm.name);

function schedule(choice: Partial<ScheduleChoice> = {}): ScheduledSample[] {
  return scheduleRound({
    mode: 'quick',
    scenarios: scenariosOf('quick'),
    arms: everyArm,
    round: 0,
    seed: 1,
    ...choice,
  });
}

function names(steps: readonly ScheduledSample[]): string[] {
  return steps.map((step) => `${step.scenario.name} ${step.arm}`);
}

test('a round takes each arm of each scenario once', () => {
  const expected = scenariosOf('quick').flatMap((scenario) => scenario.arms.map((arm) => `${scenario.name} ${arm}`));
  expect(names(schedule()).sort()).toEqual(expected.sort());
});

test('the arms of a scenario are next to each other', () => {
  const order = schedule().map((step) => step.scenario.name);
  const changes = order.filter((name, index) => index > 0 && name !== order[index - 1]);
  expect(changes.length).toBe(scenariosOf('quick').length - 1);
});

test('the same seed and round give the same order, another round another', () => {
  expect(names(schedule())).toEqual(names(schedule()));
  expect(names(schedule())).not.toEqual(names(schedule({ round: 1, mode: 'full' })).slice(0, schedule().length));
});

test('every second round is the one before it in reverse, also where a scenario has ended', () => {
  const orders = [0, 1, 2, 3].map((round) => names(schedule({ round, mode: 'full' })));
  expect(orders[1]).toEqual([...orders[0]!].reverse());
  expect(orders[3]).toEqual([...orders[2]!].reverse());
  expect(orders[2]).not.toEqual(orders[0]);
  const second = names(schedule({ round: 1 }));
  const first = names(schedule({ round: 0 })).filter((name) => second.includes(name));
  expect(second.length).toBeLessThan(schedule({ round: 0 }).length);
  expect(second).toEqual(first.reverse());
});

test('in full mode the dear arms are in every fourth pair of rounds, always in both of its rounds', () => {
  const rounds = Array.from({ length: 14 }, (_, round) => round);
  const dear = rounds.filter((round) =>
    schedule({ round, mode: 'full', scenarios: scenariosOf('full', ['baseline']) }).some(
      ({ arm }) => arm === 'langsmith',
    ),
  );
  expect(dear).toEqual([0, 1, 8, 9]);
});

test('only the chosen arms are taken', () => {
  const arms = new Set(schedule({ arms: ['untraced', 'dd-trace'] }).map((step) => step.arm));
  expect([...arms].sort()).toEqual(['dd-trace', 'untraced']);
});

test('a scenario stops at its own number of rounds, which each mode has for itself', () => {
  const once: Scenario = { name: 'once', title: '', kind: 'startup', arms: ['slipstream'], quickRounds: 1 };
  expect(schedule({ scenarios: [once], round: 0 })).toHaveLength(1);
  expect(schedule({ scenarios: [once], round: 1 })).toHaveLength(0);
  expect(schedule({ scenarios: [once], round: 1, mode: 'full' })).toHaveLength(1);
  const thrice: Scenario = { ...once, fullRounds: 3 };
  expect(schedule({ scenarios: [thrice], round: 2, mode: 'full' })).toHaveLength(1);
  expect(schedule({ scenarios: [thrice], round: 3, mode: 'full' })).toHaveLength(0);
});

test('every scenario has both untraced arms where CPU or latency is measured', () => {
  for (const scenario of scenariosOf('full', ['baseline', 'faults'])) {
    if (scenario.kind !== 'loop' && scenario.kind !== 'server') continue;
    expect(scenario.arms).toContain('untraced');
    expect(scenario.arms).toContain('untraced-again');
  }
});

test('the matrix leaves the dear peers out, and the baseline and the ways together ask every one of them', () => {
  const peersOf = (scenarios: readonly Scenario[]) =>
    new Set(scenarios.flatMap(({ arms }) => arms.filter((arm) => describeArm(arm).side === 'peer')));
  expect(peersOf(scenariosOf('quick'))).not.toContain('langsmith');
  const everyPeer = ARMS.filter(({ side }) => side === 'peer').map(({ name }) => name);
  expect([...peersOf(scenariosOf('quick', ['baseline', 'ways']))].sort()).toEqual(everyPeer.sort());
});

test('the baseline asks every question of the matrix, each arm once', () => {
  const baseline = scenariosOf('quick', ['baseline']);
  for (const { name, arms } of scenariosOf('quick')) {
    const asked = baseline.find((scenario) => scenario.name === name);
    expect(asked?.arms).toEqual(expect.arrayContaining([...arms]));
    expect(new Set(asked?.arms).size).toBe(asked?.arms.length);
  }
});
