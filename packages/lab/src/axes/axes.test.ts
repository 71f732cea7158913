import { expect, test } from 'vitest';
import { ARMS, describeArm } from '../arms/registry.js';
import { AXES, everyLeaf, type LeafId } from './axes.js';
import { armsOn, everyScenario } from './matrix-page.js';
import { placeCell } from './places.js';
import { brokenRules, countCombinations, RULES } from './rules.js';

const LEAF_IDS = new Set(everyLeaf().map(({ id }) => id));
const CELLS = everyScenario().flatMap((scenario) => scenario.arms.map((arm) => ({ scenario, arm })));

test('each leaf belongs to one axis and has a name of its own', () => {
  expect(LEAF_IDS.size).toBe(everyLeaf().length);
  for (const { id, leaves } of AXES) {
    for (const leaf of leaves) expect(leaf.id.startsWith(`${id}.`), leaf.id).toBe(true);
    expect(new Set(leaves.map(({ title }) => title)).size).toBe(leaves.length);
  }
});

test('each arm of the registry stands on exactly one leaf of each axis', () => {
  for (const { name, place } of ARMS) expectWhole(place, name);
});

test('so does each arm in each scenario', () => {
  for (const { arm, scenario } of CELLS) expectWhole(placeCell(arm, scenario), `${arm} in ${scenario.name}`);
});

function expectWhole(placement: object, what: string): void {
  expect(Object.keys(placement).sort(), what).toEqual(AXES.map(({ id }) => id));
  for (const [axis, leaf] of Object.entries(placement) as [string, string][]) {
    expect(LEAF_IDS.has(leaf) && leaf.startsWith(`${axis}.`), `${what}: ${leaf} on ${axis}`).toBe(true);
  }
}

test('an arm captures by its place what it captures by the registry', () => {
  for (const { name, captures, place } of ARMS) expect(place.C !== 'C.off', name).toBe(captures);
});

test('each leaf is used by an arm or says why it is not run', () => {
  for (const { id, whyNotRun } of everyLeaf()) {
    if (armsOn(id as LeafId).length === 0) expect(whyNotRun?.length ?? 0, id).toBeGreaterThan(20);
  }
});

test('each leaf is explained in a paragraph, and each published figure has its source', () => {
  for (const { id, explanation, published } of everyLeaf()) {
    expect(explanation.length, id).toBeGreaterThan(40);
    expect(explanation, id).not.toContain('\n');
    for (const { source } of published ?? []) expect(source.length, id).toBeGreaterThan(10);
  }
});

test('no rule contradicts an arm in any scenario', () => {
  for (const { arm, scenario } of CELLS) {
    const broken = brokenRules(placeCell(arm, scenario)).map(({ why }) => why);
    expect(broken, `${arm} in ${scenario.name}`).toEqual([]);
  }
});

test('a rule speaks of leaves that exist, on different axes, and gives a reason', () => {
  for (const { leaf, never, why } of RULES) {
    expect(LEAF_IDS.has(leaf)).toBe(true);
    expect(never.length).toBeGreaterThan(0);
    for (const other of never) {
      expect(LEAF_IDS.has(other)).toBe(true);
      expect(other.slice(0, 1), `${leaf} and ${other}`).not.toBe(leaf.slice(0, 1));
    }
    expect(why.length).toBeGreaterThan(20);
  }
});

test('a combination that makes no sense is told with its reason', () => {
  const untraced = describeArm('untraced').place;
  expect(brokenRules({ ...untraced, B: 'B.broker' })[0]?.why).toContain('nothing to send');
  expect(brokenRules({ ...describeArm('slipstream').place, B: 'B.none' }).length).toBeGreaterThan(0);
});

test('the combinations are counted, and those that make sense', () => {
  const { all, sensible } = countCombinations();
  expect(all).toBe(AXES.reduce((product, { leaves }) => product * leaves.length, 1));
  expect(sensible).toBeGreaterThan(1_000);
  expect(sensible).toBeLessThan(all);
});
