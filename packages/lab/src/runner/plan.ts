import type { LabOptions } from '../arguments.js';
import type { Predictions } from '../prediction/predict.js';
import type { LabEnvironment } from './environment.js';
import type { Scenario } from './scenarios.js';

/** The options that decide what is measured; where it is written and how it is printed do not. */
export type PlannedOptions = Omit<LabOptions, 'outDirectory' | 'json' | 'resume'>;

/** What a run set out to do, as `run.json` keeps it: all that is needed to go on where it was cut off. */
export interface RunPlan {
  readonly format: 'slipstream-lab-run/1';
  readonly startedAt: string;
  /** The command line, for the report. */
  readonly command: string;
  readonly options: PlannedOptions;
  readonly environment: LabEnvironment;
  /** As they are taken, other Nodes and another commit included. */
  readonly scenarios: readonly Scenario[];
  readonly predictions?: Predictions;
}

/** The part of the options that a plan keeps. */
export function plannedOptions({ outDirectory: _out, json: _json, resume: _resume, ...planned }: LabOptions) {
  return planned satisfies PlannedOptions;
}

/** What of the machine and the code must be the same for samples to stand in one report. */
const SAME_MACHINE: readonly (keyof LabEnvironment)[] = ['commit', 'changes', 'node', 'platform', 'cpuModel', 'cores'];

/** Says in what two environments differ so that their samples cannot stand in one report. */
export function differentEnvironment(planned: LabEnvironment, now: LabEnvironment): string[] {
  const own = SAME_MACHINE.filter((key) => planned[key] !== now[key]).map(
    (key) => `${key} was ${shown(planned[key])} and is ${shown(now[key])}`,
  );
  const packages = Object.entries(planned.packages)
    .filter(([name, version]) => now.packages[name] !== version)
    .map(([name, version]) => `${name} was ${version} and is ${now.packages[name] ?? 'missing'}`);
  return [...own, ...packages];
}

/** Says in which options two runs differ. */
export function differentOptions(planned: PlannedOptions, now: PlannedOptions): string[] {
  const keys = [...new Set([...Object.keys(planned), ...Object.keys(now)])] as (keyof PlannedOptions)[];
  return keys
    .filter((key) => JSON.stringify(planned[key]) !== JSON.stringify(now[key]))
    .map((key) => `${key} was ${shown(planned[key])} and is ${shown(now[key])}`);
}

const SHOWN_CHARS = 120;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'not set';
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}
