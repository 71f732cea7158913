import type { LoadCommand, LoadMessage, LoadTask } from '../load/protocol.js';
import { startProcess } from '../runner/child.js';
import { median } from '../statistics/quantile.js';
import type { CalibrationCommand, CalibrationMessage, CalibrationTask } from './calibration/protocol.js';
import type { Calibration } from './constants.js';

/** Where the processes are that a calibration needs. */
export interface CalibrationPlaces {
  readonly calibrationModule: string;
  readonly loadModule: string;
}

/** What a calibration works with. */
export interface CalibrationChoice {
  /** A server in another process that takes any POST: the lab's sink. */
  readonly sinkUrl: string;
  readonly seed: number;
  /** Repeats of each micro-benchmark. @default 27 */
  readonly repeats?: number;
  /** How long each of five windows of load on a server lasts whose requests only wait. @default 800 */
  readonly loadMs?: number;
}

const DEFAULT_REPEATS = 27;
const DEFAULT_LOAD_MS = 800;
const WARM_UP_MS = 1_000;
/** Short ones, so that a moment in which the machine did something else spoils one of them and not the figure. */
const LOAD_WINDOWS = 5;
/** Fewer where the whole calibration is to be a short one. */
const windowsFor = (repeats: number): number => Math.min(LOAD_WINDOWS, Math.ceil(repeats / 2));
const REQUESTS_PER_SECOND = 400;
const CONNECTIONS = 50;
const START_LIMIT_MS = 30_000;
const RESULT_LIMIT_MS = 120_000;
const END_LIMIT_MS = 5_000;

/**
 * Finds the constants of the cost model on this machine by micro-benchmarks alone, in a process of its own: no library
 * is loaded, and no scenario is run.
 *
 * @throws LabProcessError when the process fails or falls silent
 */
export async function calibrate(
  { calibrationModule, loadModule }: CalibrationPlaces,
  { sinkUrl, seed, repeats = DEFAULT_REPEATS, loadMs = DEFAULT_LOAD_MS }: CalibrationChoice,
): Promise<Calibration> {
  const begin = performance.now();
  const task: CalibrationTask = { sinkUrl, seed, repeats };
  const child = startProcess<CalibrationMessage, CalibrationCommand>(calibrationModule, task);
  try {
    const { url } = await child.receive('serving', START_LIMIT_MS);
    const bare = await loadBareServer(loadModule, { url, loadMs, windows: windowsFor(repeats) }, child.send);
    const { result } = await child.receive('result', RESULT_LIMIT_MS);
    child.send({ type: 'end' });
    return { ...result, wait: { ...result.wait, ...bare }, tookMs: performance.now() - begin };
  } finally {
    await child.waitForEnd(END_LIMIT_MS);
  }
}

interface BareLatency {
  readonly bareP50Ms: number;
  readonly bareP99Ms: number;
}

async function loadBareServer(
  loadModule: string,
  { url, loadMs, windows }: { readonly url: string; readonly loadMs: number; readonly windows: number },
  tell: (command: CalibrationCommand) => void,
): Promise<BareLatency> {
  const found: BareLatency[] = [];
  for (let index = 0; index < windows; index++) {
    const warmupMs = Math.min(index === 0 ? WARM_UP_MS : WARM_UP_MS / 4, loadMs);
    found.push(await loadOnce(loadModule, { url, loadMs, warmupMs }, tell));
  }
  tell({ type: 'loaded' });
  return {
    bareP50Ms: median(found.map(({ bareP50Ms }) => bareP50Ms)),
    bareP99Ms: median(found.map(({ bareP99Ms }) => bareP99Ms)),
  };
}

async function loadOnce(
  loadModule: string,
  { url, loadMs, warmupMs }: { readonly url: string; readonly loadMs: number; readonly warmupMs: number },
  tell: (command: CalibrationCommand) => void,
): Promise<BareLatency> {
  const task: LoadTask = {
    url,
    requestsPerSecond: REQUESTS_PER_SECOND,
    connections: CONNECTIONS,
    warmupMs,
    durationMs: loadMs,
  };
  const load = startProcess<LoadMessage, LoadCommand>(loadModule, task);
  try {
    await load.receive('warm', START_LIMIT_MS);
    tell({ type: 'loading' });
    load.send({ type: 'go' });
    const { result } = await load.receive('result', START_LIMIT_MS);
    tell({ type: 'window' });
    return { bareP50Ms: result.p50Ms, bareP99Ms: result.p99Ms };
  } finally {
    await load.waitForEnd(END_LIMIT_MS);
  }
}
