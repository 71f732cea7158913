import type { LabOptions } from '../arguments.js';
import { AGAINST_ARM, type ArmName } from '../arms/registry.js';
import { nameUnderNode } from './node-name.js';
import { type Scenario, scenariosOf } from './scenarios.js';

const OWN: ArmName = 'slipstream';
const UNTRACED: readonly string[] = ['untraced', 'untraced-again'] satisfies readonly ArmName[];

/**
 * The scenarios of a run: those that were asked for, with the arms that were; beside Slipstream its other commit where
 * there is one; and each once more for every other Node, next to the plain one.
 *
 * @param all replaces the mode's scenarios
 */
export function chooseScenarios(options: LabOptions, all?: readonly Scenario[]): Scenario[] {
  const asked = all ?? scenariosOf(options.mode, options.suites).filter(({ name }) => options.scenarios.includes(name));
  return asked
    .map((scenario) => withOnly(scenario, options.only?.[scenario.name]))
    .map((scenario) => (options.against === undefined ? scenario : withAgainst(scenario)))
    .flatMap((scenario) => [scenario, ...(options.nodes ?? []).map((node) => underNode(scenario, node))]);
}

/** What belongs to this Node, and not to another one. */
export function isPlain({ node }: Pick<Scenario, 'node'>): boolean {
  return node === undefined;
}

function underNode(scenario: Scenario, node: string): Scenario {
  return {
    ...scenario,
    name: nameUnderNode(scenario.name, node),
    title: `${scenario.title} (Node ${node})`,
    block: scenario.block ?? scenario.name,
    node,
  };
}

/** Untraced stays in: without it nothing can be subtracted. */
function withOnly(scenario: Scenario, arms: readonly ArmName[] | undefined): Scenario {
  if (arms === undefined || arms.length === 0) return scenario;
  return { ...scenario, arms: scenario.arms.filter((arm) => UNTRACED.includes(arm) || arms.includes(arm)) };
}

function withAgainst(scenario: Scenario): Scenario {
  if (!scenario.arms.includes(OWN)) return scenario;
  return { ...scenario, arms: scenario.arms.flatMap((arm) => (arm === OWN ? [arm, AGAINST_ARM] : [arm])) };
}
