import type { ArmName } from '../arms/registry.js';
import type { LabMode, Scenario } from '../runner/scenarios.js';
import type { Mistake, MistakeCase, MistakeLibrary, MistakeVersion } from './mistake.js';
import { MISTAKES } from './mistakes.js';

const ARMS: readonly ArmName[] = ['untraced', 'slipstream', 'langfuse'];

/** The mistakes of `examples/mistakes`, each in its versions, which share a block. */
export function mistakeScenarios(_mode: LabMode): Scenario[] {
  return MISTAKES.flatMap((mistake) =>
    mistake.versions.map(
      (version): Scenario => ({
        kind: 'mistake',
        name: mistakeScenarioName(mistake, version),
        title: `${mistake.number} ${mistake.title}: ${version.title}`,
        block: `mistake-${mistake.number}`,
        arms: ARMS,
        mistake: mistake.number,
        version: version.name,
      }),
    ),
  );
}

/** `mistake-1.1-bad`. */
export function mistakeScenarioName({ number }: Mistake, { name }: MistakeVersion): string {
  return `mistake-${number}-${name}`;
}

/** What a scenario is about; undefined for one of a report of another version. */
export function findMistake(scenario: { readonly mistake: string; readonly version: string }): MistakeCase | undefined {
  const mistake = MISTAKES.find(({ number }) => number === scenario.mistake);
  const version = mistake?.versions.find(({ name }) => name === scenario.version);
  return mistake === undefined || version === undefined ? undefined : { mistake, version };
}

/** The library whose programs an arm runs; undefined for the work alone. */
export function libraryOf(arm: ArmName): MistakeLibrary | undefined {
  return arm === 'langfuse' || arm === 'slipstream' ? arm : undefined;
}

/** A program below `examples/mistakes`. */
export function programPath({ mistake, version }: MistakeCase, library: MistakeLibrary | undefined): string {
  return library === undefined ? `${mistake.folder}/untraced.mjs` : `${mistake.folder}/${library}/${version.name}.mjs`;
}
