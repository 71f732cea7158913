import { spawnSync } from 'node:child_process';
import { type ArmName, describeArm } from '../arms/registry.js';
import { LabProcessError } from '../errors.js';
import { findMistake } from '../mistakes/scenarios.js';
import { type BackendPlaces, startBackend } from './backend.js';
import { startLlmProcess } from './llm-process.js';
import type { Scenario } from './scenarios.js';
import { type SinkProcess, startSinkProcess } from './sink-process.js';

/** Where the processes are that a sample may want beside it. */
export interface BesidePlaces extends BackendPlaces {
  /** A Redis in the sink's place, for the arms that have one. */
  readonly redisModule?: string;
  /** A model, for the work `openai`. */
  readonly llmModule?: string;
}

/** What runs beside one sample, and for it alone. */
export interface Beside {
  /** In the sink's place; undefined where the run's own sink is what the sample sends to. */
  readonly sink?: SinkProcess;
  readonly llmUrl?: string;
  stop(): Promise<void>;
}

/** Starts what a scenario or an arm wants in the sink's place (the scenario's wish goes first), and a model. */
export async function startBeside(scenario: Scenario, arm: ArmName, places: BesidePlaces): Promise<Beside> {
  const sink = await startInSinksPlace(scenario, arm, places);
  const wantsModel = scenario.kind === 'loop' && scenario.work === 'openai';
  try {
    const model = wantsModel ? await startLlmProcess(placeOf(places.llmModule, 'model')) : undefined;
    return {
      ...(sink === undefined ? {} : { sink }),
      ...(model === undefined ? {} : { llmUrl: model.url }),
      async stop() {
        await Promise.all([sink?.stop(), model?.stop()]);
      },
    };
  } catch (error) {
    await sink?.stop();
    throw error;
  }
}

async function startInSinksPlace(
  scenario: Scenario,
  arm: ArmName,
  places: BesidePlaces,
): Promise<SinkProcess | undefined> {
  if (scenario.kind === 'server' && scenario.backend !== undefined) {
    return startBackend(scenario.backend, scenario, places);
  }
  if (scenario.kind === 'visible') return startSinkProcess(places.collectorModule);
  if (scenario.kind === 'mistake' && findMistake(scenario)?.mistake.countsLabels === true) {
    return startSinkProcess(places.sinkModule, { countsLabels: true });
  }
  const { backend } = describeArm(arm);
  if (backend === 'collector') return startSinkProcess(places.collectorModule);
  return backend === 'redis' ? startSinkProcess(placeOf(places.redisModule, 'Redis')) : undefined;
}

function placeOf(modulePath: string | undefined, what: string): string {
  if (modulePath === undefined) throw new LabProcessError(`this run has no ${what}`);
  return modulePath;
}

/** The scenarios without the arms that cannot run on this machine; those of them that were asked for are told. */
export function withoutMissing(
  scenarios: readonly Scenario[],
  asked: readonly ArmName[],
  say: (line: string) => void,
): Scenario[] {
  const wantsRedis = (arm: ArmName): boolean => describeArm(arm).backend === 'redis';
  const wanting = new Set(scenarios.flatMap(({ arms }) => arms.filter(wantsRedis)));
  if (wanting.size === 0 || isRedisThere()) return [...scenarios];
  for (const arm of wanting) {
    if (asked.includes(arm)) say(`skipping ${arm}: there is no redis-server on this machine`);
  }
  return scenarios.map((scenario) => ({ ...scenario, arms: scenario.arms.filter((arm) => !wantsRedis(arm)) }));
}

function isRedisThere(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore', windowsHide: true }).status === 0;
}

/** Whether a run needs the peers' folder: an arm of our own may stand on a package in it, and so may the work. */
export function needsPeers(arms: readonly ArmName[], scenarios: readonly Scenario[]): boolean {
  const isOnPackage = (scenario: Scenario): boolean =>
    scenario.kind === 'loop' && (scenario.work === 'openai' || scenario.work === 'langchain');
  return arms.some((arm) => describeArm(arm).packages.length > 0) || scenarios.some(isOnPackage);
}
