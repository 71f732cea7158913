import { type ArmName, describeArm } from '../arms/registry.js';
import { findMistake, libraryOf } from '../mistakes/scenarios.js';
import type { Scenario } from '../runner/scenarios.js';
import type { WorkKind } from '../sample/works/work.js';
import type { LeafIds, Placement } from './axes.js';

/** What a scenario decides instead of the arm, and what it varies beside the axes. */
export interface ScenarioPlace {
  readonly D: LeafIds['D'];
  /** Where it is not the arm's own. */
  readonly F?: LeafIds['F'];
  /** Factors: text a span, its script, what is on the other side. */
  readonly bytes: 'none' | 'tiny' | '4 KB' | '16 KB' | '100 KB' | '200 KB';
  readonly script: 'Latin' | 'Vietnamese' | 'both';
  readonly backend: 'well' | 'failing' | 'collector';
}

/** How the spans of each work nest. A drop-in makes one span a call, and the function around the calls is not traced. */
const SHAPES: Readonly<Record<WorkKind, LeafIds['D']>> = {
  functions: 'D.nested-few',
  deep: 'D.deep-many',
  openai: 'D.single',
  langchain: 'D.nested-few',
};

/** Where a scenario stands. */
export function placeScenario(scenario: Scenario): ScenarioPlace {
  switch (scenario.kind) {
    case 'loop':
    case 'server':
      return {
        D: scenario.kind === 'loop' ? SHAPES[scenario.work ?? 'functions'] : 'D.nested-few',
        bytes: scenario.payload === 'tiny' ? 'tiny' : scenario.payload.startsWith('4kb') ? '4 KB' : '100 KB',
        script: scenario.payload.includes('vietnamese') ? 'Vietnamese' : 'Latin',
        backend: backendOf(scenario),
      };
    case 'startup':
      return { D: 'D.single', bytes: 'tiny', script: 'Latin', backend: 'well' };
    case 'burst':
      return { D: 'D.flat-many', bytes: 'tiny', script: 'Latin', backend: 'well' };
    case 'visible':
      return { D: 'D.single', bytes: 'tiny', script: 'Latin', backend: 'collector' };
    case 'figure':
      return { D: 'D.single', bytes: 'none', script: 'Latin', backend: 'well' };
    case 'exit':
      return { D: 'D.nested-few', F: 'F.short-lived', bytes: 'tiny', script: 'Latin', backend: 'well' };
    case 'mistake':
      return placeMistake(scenario);
  }
}

type MistakeScenario = Extract<Scenario, { kind: 'mistake' }>;

/** Some of its versions decide more, and not the same for each library: see the cell. */
function placeMistake(scenario: MistakeScenario): ScenarioPlace {
  const found = findMistake(scenario);
  const { D = 'D.nested-few', F } = found?.version.place.langfuse ?? {};
  const place = { D, bytes: found?.mistake.textASpan ?? 'tiny', script: 'both', backend: 'well' } as const;
  return F === undefined ? place : { ...place, F };
}

function backendOf(scenario: Extract<Scenario, { kind: 'loop' | 'server' }>): ScenarioPlace['backend'] {
  if (scenario.kind === 'loop' || scenario.backend === undefined) return 'well';
  return scenario.backend === 'collector' ? 'collector' : 'failing';
}

/** One leaf an axis for an arm in a scenario. */
export function placeCell(arm: ArmName, scenario: Scenario): Placement {
  const { D, F } = placeScenario(scenario);
  const own = describeArm(arm).place;
  const library = libraryOf(arm);
  if (scenario.kind === 'mistake' && library !== undefined) {
    return { ...own, D, ...findMistake(scenario)?.version.place[library] };
  }
  // What has no client has none in a process that ends soon either.
  return F === undefined || own.F === 'F.none' ? { ...own, D } : { ...own, D, F };
}
