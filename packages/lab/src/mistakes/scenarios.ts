import type { LabMode, Scenario } from '../runner/scenarios.js';

/** The mistakes of `examples/mistakes`, each in a bad and a good version that share a block. */
export function mistakeScenarios(_mode: LabMode): Scenario[] {
  return [];
}
