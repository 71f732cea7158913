import { type ArmName, describeArm } from '../arms/registry.js';
import type { Scenario } from '../runner/scenarios.js';
import type { LeafIds, Placement } from './axes.js';

/** What a scenario decides instead of the arm, and what it varies beside the axes. */
export interface ScenarioPlace {
  readonly D: LeafIds['D'];
  /** Where it is not the arm's own. */
  readonly F?: LeafIds['F'];
  /** Factors: text a span, its script, what is on the other side. */
  readonly bytes: 'none' | 'tiny' | '4 KB' | '100 KB';
  readonly script: 'Latin' | 'Vietnamese';
  readonly backend: 'well' | 'failing' | 'collector';
}

/** Where a scenario stands. */
export function placeScenario(scenario: Scenario): ScenarioPlace {
  switch (scenario.kind) {
    case 'loop':
    case 'server':
      return {
        D: 'D.nested-few',
        bytes: scenario.payload === 'tiny' ? 'tiny' : scenario.payload.startsWith('4kb') ? '4 KB' : '100 KB',
        script: scenario.payload.includes('vietnamese') ? 'Vietnamese' : 'Latin',
        backend: backendOf(scenario),
      };
    case 'startup':
      return { D: 'D.single', bytes: 'tiny', script: 'Latin', backend: 'well' };
    case 'burst':
      return { D: 'D.flat-many', bytes: 'tiny', script: 'Latin', backend: 'well' };
    case 'exit':
      return { D: 'D.nested-few', F: 'F.short-lived', bytes: 'tiny', script: 'Latin', backend: 'well' };
  }
}

function backendOf(scenario: Extract<Scenario, { kind: 'loop' | 'server' }>): ScenarioPlace['backend'] {
  if (scenario.kind === 'loop' || scenario.backend === undefined) return 'well';
  return scenario.backend === 'collector' ? 'collector' : 'failing';
}

/** One leaf an axis for an arm in a scenario. */
export function placeCell(arm: ArmName, scenario: Scenario): Placement {
  const { D, F } = placeScenario(scenario);
  const own = describeArm(arm).place;
  // What has no client has none in a process that ends soon either.
  return F === undefined || own.F === 'F.none' ? { ...own, D } : { ...own, D, F };
}
