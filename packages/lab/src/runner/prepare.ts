import { resolve } from 'node:path';
import type { LabOptions } from '../arguments.js';
import { LabResumeError } from '../errors.js';
import { ensureMistakes } from '../mistakes/installation.js';
import { ensurePeers } from '../peers/installation.js';
import type { SampleRecord } from '../report/sample-record.js';
import { type AgainstBuild, buildAgainst } from './against.js';
import { needsPeers, withoutMissing } from './beside.js';
import { chooseScenarios, isPlain } from './choose-scenarios.js';
import { describeEnvironment, type LabEnvironment } from './environment.js';
import { beginJournal, continueJournal, type Journal, readRun } from './journal.js';
import { ensureNodes, type NodeBinary } from './node-versions.js';
import { differentEnvironment, differentOptions, type PlannedOptions, plannedOptions, type RunPlan } from './plan.js';
import { predictBefore } from './predict-before.js';
import type { Scenario } from './scenarios.js';
import type { LabPlaces } from './take-sample.js';

/** What a run needs besides its options. */
export interface LabSurroundings {
  readonly places: LabPlaces;
  /** A folder in the checkout that is measured. @default the working directory */
  readonly checkout?: string;
  /** Replaces the mode's scenarios. */
  readonly scenarios?: readonly Scenario[];
  /** The command line, for the report. */
  readonly command: string;
  /** Gets lines about progress. */
  readonly say: (line: string) => void;
  /** Gets a line that the next one replaces, and an empty one removes; absent where there is no terminal. */
  readonly draw?: ((line: string) => void) | undefined;
  /** Ends the run where it is, with a report of what there is. */
  readonly signal?: AbortSignal | undefined;
}

/** A run that can begin, or go on. */
export interface PreparedRun {
  readonly plan: RunPlan;
  readonly earlier: readonly SampleRecord[];
  readonly journal: Journal;
  /** Binaries of other Nodes by their major version. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly against?: AgainstBuild;
}

/** Installs, builds, describes, predicts, and writes the plan, before the first sample; or takes up an earlier run. */
export async function prepareRun(options: LabOptions, surroundings: LabSurroundings): Promise<PreparedRun> {
  const isNew = options.resume === undefined || options.resume === 'none';
  return isNew ? beginRun(options, surroundings) : resumeRun(options, surroundings);
}

async function beginRun(options: LabOptions, surroundings: LabSurroundings): Promise<PreparedRun> {
  const { places, say, signal } = surroundings;
  const startedAt = new Date().toISOString();
  const scenarios = withoutMissing(chooseScenarios(options, surroundings.scenarios), options.arms, say);
  const ready = await installAll(options, scenarios, surroundings);
  try {
    const arms = armsOf(options, scenarios);
    const predicted = { ...options, arms, scenarios: scenarios.filter(isPlain) };
    const predictions = await predictBefore(predicted, places, say);
    signal?.throwIfAborted();
    const plan: RunPlan = {
      format: 'slipstream-lab-run/1',
      startedAt,
      command: surroundings.command,
      options: plannedOptions(options),
      environment: ready.environment,
      scenarios,
      ...(predictions === undefined ? {} : { predictions }),
    };
    return { plan, earlier: [], journal: await beginJournal(resolve(options.outDirectory), plan), ...ready };
  } catch (error) {
    await ready.against?.remove();
    throw error;
  }
}

async function resumeRun(options: LabOptions, surroundings: LabSurroundings): Promise<PreparedRun> {
  const directory = resolve(options.outDirectory);
  const written = await readRun(directory);
  const { plan, samples } = written;
  if (options.resume === 'same-options') refuse('options', differentOptions(plan.options, plannedOptions(options)));
  const ready = await installAll(plan.options, plan.scenarios, surroundings, plan.environment);
  try {
    refuse('machine or code', differentEnvironment(plan.environment, ready.environment));
    surroundings.say(`going on with the run of ${plan.startedAt}, which has ${samples.length} samples`);
    return { plan, earlier: samples, journal: await continueJournal(directory, written), ...ready };
  } catch (error) {
    await ready.against?.remove();
    throw error;
  }
}

function refuse(what: string, differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new LabResumeError(
    `The run cannot be gone on with, as its ${what} changed: ${differences.join('; ')}. Start anew without --resume.`,
  );
}

interface Installed {
  readonly environment: LabEnvironment;
  readonly nodes: Readonly<Record<string, string>>;
  readonly against?: AgainstBuild;
}

async function installAll(
  options: PlannedOptions,
  scenarios: readonly Scenario[],
  { places, say, signal, checkout = process.cwd() }: LabSurroundings,
  earlier?: LabEnvironment,
): Promise<Installed> {
  const arms = armsOf(options, scenarios);
  // The programs of the mistakes bring their libraries themselves.
  const others = scenarios.filter(({ kind }) => kind !== 'mistake');
  if (needsPeers(armsOf(options, others), others)) await ensurePeers(places.peersDirectory, say);
  await ensureMistakes(scenarios, arms, places.mistakesDirectory, say);
  signal?.throwIfAborted();
  const nodes = await ensureNodes(options.nodes ?? [], places.nodeVersionsDirectory, say);
  // What a name means may have moved on since: a run goes on with the commit that it began with.
  const ref = earlier?.against?.commit ?? options.against;
  const against = ref === undefined ? undefined : await buildAgainst(ref, checkout, { say, signal });
  signal?.throwIfAborted();
  const environment = await describeEnvironment(checkout, places.peersDirectory, arms);
  return {
    environment: { ...environment, ...besideEnvironment(options, nodes, against) },
    nodes: Object.fromEntries(Object.entries(nodes).map(([major, { execPath }]) => [major, execPath])),
    ...(against === undefined ? {} : { against }),
  };
}

function besideEnvironment(
  { against: ref }: PlannedOptions,
  nodes: Readonly<Record<string, NodeBinary>>,
  against: AgainstBuild | undefined,
): Pick<LabEnvironment, 'nodes' | 'against'> {
  const versions = Object.entries(nodes).map(([major, { version }]): [string, string] => [major, version]);
  return {
    ...(versions.length === 0 ? {} : { nodes: Object.fromEntries(versions) }),
    ...(against === undefined || ref === undefined ? {} : { against: { ref, commit: against.commit } }),
  };
}

function armsOf(options: PlannedOptions, scenarios: readonly Scenario[]) {
  return options.arms.filter((arm) => scenarios.some((scenario) => scenario.arms.includes(arm)));
}
