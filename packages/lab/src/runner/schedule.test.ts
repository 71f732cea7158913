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

test('only the chosen arms are taken', () => {
  const arms = new Set(schedule({ arms: ['untraced', 'dd-trace'] }).map((step) => step.arm));
  expect([...arms].sort()).toEqual(['dd-trace', 'untraced']);
});

test('in quick mode a scenario stops at its own number of rounds, in full mode it does not', () => {
  const once: Scenario = { name: 'once', title: '', kind: 'startup', arms: ['slipstream'], quickRounds: 1 };
  expect(schedule({ scenarios: [once], round: 0 })).toHaveLength(1);
  expect(schedule({ scenarios: [once], round: 1 })).toHaveLength(0);
  expect(schedule({ scenarios: [once], round: 1, mode: 'full' })).toHaveLength(1);
});

test('every scenario has both untraced arms where CPU or latency is measured', () => {
  for (const scenario of scenariosOf('full', ['baseline', 'faults'])) {
    if (scenario.kind !== 'loop' && scenario.kind !== 'server') continue;
    expect(scenario.arms).toContain('untraced');
    expect(scenario.arms).toContain('untraced-again');
  }
});

test('the matrix leaves the dear peers out, and the baseline asks every one of them', () => {
  const peersOf = (scenarios: readonly Scenario[]) =>
    new Set(scenarios.flatMap(({ arms }) => arms.filter((arm) => describeArm(arm).side === 'peer')));
  expect(peersOf(scenariosOf('quick'))).not.toContain('langsmith');
  expect(peersOf(scenariosOf('quick', ['baseline'])).size).toBe(ARMS.filter(({ side }) => side === 'peer').length);
});

test('the baseline asks every question of the matrix, each arm once', () => {
  const baseline = scenariosOf('quick', ['baseline']);
  for (const { name, arms } of scenariosOf('quick')) {
    const asked = baseline.find((scenario) => scenario.name === name);
    expect(asked?.arms).toEqual(expect.arrayContaining([...arms]));
    expect(new Set(asked?.arms).size).toBe(asked?.arms.length);
  }
});
