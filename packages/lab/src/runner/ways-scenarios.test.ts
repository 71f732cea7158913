import { expect, test } from 'vitest';
import { ARMS, describeArm } from '../arms/registry.js';
import { scenariosOf } from './scenarios.js';
import { waysScenarios } from './ways-scenarios.js';

/** Compared with another commit, where a run is asked to. */
const ON_REQUEST = ['slipstream-against'];

test('each arm is measured in a scenario of some suite', () => {
  const scenarios = scenariosOf('full', ['baseline', 'ways', 'mistakes', 'faults']);
  const measured = new Set<string>(scenarios.flatMap(({ arms }) => arms));
  const missing = ARMS.map(({ name }) => name).filter((name) => !measured.has(name));
  expect(missing).toEqual(ON_REQUEST);
});

test.each(['quick', 'full'] as const)('in %s mode each way is compared with the work alone, twice', (mode) => {
  for (const { name, arms } of waysScenarios(mode)) {
    expect(arms, name).toContain('untraced');
    expect(arms, name).toContain('untraced-again');
    expect(new Set(arms).size, name).toBe(arms.length);
  }
});

test('an arm meets the work that it can trace', () => {
  const makers = { openai: 'A.client-drop-in', langchain: 'A.framework-callback' } as const;
  for (const scenario of waysScenarios('full')) {
    const traced = scenario.arms.map(describeArm).filter(({ side }) => side !== 'none');
    const work = scenario.kind === 'loop' ? scenario.work : undefined;
    for (const { name, place } of traced) {
      const isDropIn = Object.values(makers).some((maker) => maker === place.A);
      if (work === 'openai' || work === 'langchain') expect(place.A, `${name} in ${scenario.name}`).toBe(makers[work]);
      else expect(isDropIn, `${name} in ${scenario.name}`).toBe(false);
    }
  }
});
