import type { ArmName } from '../arms/registry.js';
import type { Scenario } from '../runner/scenarios.js';
import type { LeafIds, Placement } from './axes.js';

/** A library that wraps functions and sends batches from the same thread, captured in full: most of them. */
const WRAPPER_AND_BATCH: Placement = {
  A: 'A.observe-wrapper',
  B: 'B.batch-same-thread',
  C: 'C.full',
  D: 'D.nested-few',
  E: 'E.all',
  F: 'F.one',
};
const UNTRACED: Placement = {
  A: 'A.nobody',
  B: 'B.none',
  C: 'C.off',
  D: 'D.nested-few',
  E: 'E.all',
  F: 'F.none',
};
const SLIPSTREAM: Placement = { ...WRAPPER_AND_BATCH, B: 'B.isolated-thread' };
const CALL_AND_BATCH: Placement = { ...WRAPPER_AND_BATCH, A: 'A.low-level-call' };
const OPENTELEMETRY: Placement = { ...WRAPPER_AND_BATCH, A: 'A.opentelemetry-api' };
const withoutCapture = (placement: Placement): Placement => ({ ...placement, C: 'C.off' });

/** What each arm does, one leaf an axis; the scenario can decide D and F otherwise. */
export const ARM_PLACES: Readonly<Record<ArmName, Placement>> = {
  untraced: UNTRACED,
  'untraced-again': UNTRACED,
  slipstream: SLIPSTREAM,
  'slipstream-capture-off': withoutCapture(SLIPSTREAM),
  langfuse: WRAPPER_AND_BATCH,
  'langfuse-capture-off': withoutCapture(WRAPPER_AND_BATCH),
  opentelemetry: OPENTELEMETRY,
  'opentelemetry-capture-off': withoutCapture(OPENTELEMETRY),
  // Cuts every value at 25,000 characters.
  'dd-trace': { ...CALL_AND_BATCH, C: 'C.bounded' },
  'dd-trace-capture-off': withoutCapture(CALL_AND_BATCH),
  laminar: WRAPPER_AND_BATCH,
  // Its batch is a trace, sent when the root ends.
  sentry: CALL_AND_BATCH,
  opik: WRAPPER_AND_BATCH,
  'langfuse-3': CALL_AND_BATCH,
  langsmith: WRAPPER_AND_BATCH,
};

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
  const own = ARM_PLACES[arm];
  // What has no client has none in a process that ends soon either.
  return F === undefined || own.F === 'F.none' ? { ...own, D } : { ...own, D, F };
}
