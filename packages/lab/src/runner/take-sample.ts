import { type ArmName, describeArm } from '../arms/registry.js';
import { LabProcessError } from '../errors.js';
import type { LoadCommand, LoadMessage, LoadResult, LoadTask } from '../load/protocol.js';
import { mistakeTask } from '../mistakes/task.js';
import type { SampleRecord } from '../report/sample-record.js';
import type { Metrics, SampleCommand, SampleMessage, SampleTask } from '../sample/protocol.js';
import { SPANS_PER_TRACE } from '../sample/traced-work.js';
import { startBeside } from './beside.js';
import { type LabProcess, type ProcessChoice, startProcess } from './child.js';
import { type Measured, recordOf } from './measured-record.js';
import { takeOwnFigure } from './own-figures.js';
import type { Scenario } from './scenarios.js';
import type { ScheduledSample } from './schedule.js';
import type { SinkProcess } from './sink-process.js';

const START_LIMIT_MS = 60_000;
const RESULT_LIMIT_MS = 180_000;
const END_LIMIT_MS = 10_000;
/** A backend that never answers would hold a flush for its whole limit; one that is well needs far less than this. */
const FAULT_FLUSH_LIMIT_MS = 2_000;
/** A process that does not end by itself after its work is killed then. */
const EXIT_LIMIT_MS = 15_000;

/** Where the lab's processes and the peers are. */
export interface LabPlaces {
  readonly sampleModule: string;
  readonly loadModule: string;
  readonly sinkModule: string;
  readonly collectorModule: string;
  /** A Redis in the sink's place. */
  readonly redisModule?: string;
  /** An OpenAI-compatible server, for the work `openai`. */
  readonly llmModule?: string;
  /** Finds the constants of the cost model; without it nothing is predicted. */
  readonly calibrationModule?: string;
  readonly peersDirectory: string;
  readonly peersUrl: string;
  /** `packages/lab/python`; without it nothing of Python is run. */
  readonly pythonDirectory?: string;
  /** `examples/mistakes`; without it they cannot be run. */
  readonly mistakesDirectory?: string;
  /** Where other Nodes' binaries are, or can be installed. */
  readonly nodeVersionsDirectory?: string;
}

/** What a sample needs from the run. */
export interface SampleSurroundings {
  readonly places: LabPlaces;
  readonly sink: SinkProcess;
  readonly seed: number;
  /** Binaries of other Nodes by their major version. */
  readonly nodes?: Readonly<Record<string, string>>;
  /** The SDK of another commit, as a URL. */
  readonly againstUrl?: string;
  /** Base URL of the model, where one runs beside the sample. */
  readonly llmUrl?: string;
  /** Ends the sample before its time; its record is then worth nothing. */
  readonly signal?: AbortSignal;
}

type SampleProcess = LabProcess<SampleMessage, SampleCommand>;

/** Takes one sample in a fresh process. Never rejects for what the sample does: that becomes a failed record. */
export async function takeSample(step: ScheduledSample, surroundings: SampleSurroundings): Promise<SampleRecord> {
  const startedAt = new Date();
  const begin = performance.now();
  const base = { scenario: step.scenario.name, arm: step.arm, round: step.round, startedAt: startedAt.toISOString() };
  try {
    const measured = await withBackend(step, surroundings, (own) => sampleOnce(step, own));
    return { ...base, durationMs: performance.now() - begin, ...recordOf(step, measured) };
  } catch (error) {
    const nothing = { spansSent: 0, spansDelivered: 0, spansReceived: 0, requests: 0, wireBytes: 0, bodyBytes: 0 };
    const note = error instanceof Error ? error.message : String(error);
    return { ...base, durationMs: performance.now() - begin, status: 'failed', note, ...nothing, metrics: {} };
  }
}

/** Puts what the scenario or the arm wants in the sink's place and beside it, for this sample alone. */
async function withBackend<Result>(
  { scenario, arm }: ScheduledSample,
  surroundings: SampleSurroundings,
  take: (surroundings: SampleSurroundings) => Promise<Result>,
): Promise<Result> {
  const { stop, ...beside } = await startBeside(scenario, arm, surroundings.places);
  try {
    return await take({ ...surroundings, ...beside });
  } finally {
    await stop();
  }
}

async function sampleOnce(step: ScheduledSample, surroundings: SampleSurroundings): Promise<Measured> {
  await surroundings.sink.reset();
  if (step.scenario.kind === 'figure') {
    const metrics = await takeOwnFigure(step.scenario.figure, surroundings.places.collectorModule);
    return { spansSent: 0, metrics, counts: await surroundings.sink.counts() };
  }
  const choice = processChoice(step.scenario, surroundings);
  const child: SampleProcess = startProcess(surroundings.places.sampleModule, taskOf(step, surroundings), choice);
  try {
    return await measure(step, child, surroundings);
  } catch (error) {
    child.kill();
    await child.waitForEnd(END_LIMIT_MS);
    throw error;
  }
}

function processChoice(scenario: Scenario, { nodes, signal }: SampleSurroundings): ProcessChoice {
  const execPath = scenario.node === undefined ? undefined : nodes?.[scenario.node];
  if (scenario.node !== undefined && execPath === undefined) {
    throw new LabProcessError(`there is no Node ${scenario.node} to run it with`);
  }
  return { ...(execPath === undefined ? {} : { execPath }), ...(signal === undefined ? {} : { signal }) };
}

function taskOf(
  { scenario, arm, round }: ScheduledSample,
  { places, sink, seed, againstUrl, llmUrl }: SampleSurroundings,
): SampleTask {
  const setting = {
    arm,
    sinkUrl: sink.url,
    peersUrl: places.peersUrl,
    seed: seed + round,
    ...(againstUrl === undefined ? {} : { againstUrl }),
  };
  switch (scenario.kind) {
    case 'loop': {
      const { work, payload, tracesPerCycle, restMs, tinyTracesFirst, warmupCycles, cycles } = scenario;
      return {
        ...setting,
        kind: 'loop',
        ...(work === undefined ? {} : { work }),
        ...(llmUrl === undefined ? {} : { llmUrl }),
        payload,
        tracesPerCycle,
        restMs,
        ...(tinyTracesFirst === undefined ? {} : { tinyTracesFirst }),
        warmupCycles,
        cycles,
      };
    }
    case 'server':
      return {
        ...setting,
        kind: 'server',
        payload: scenario.payload,
        leafWaitMs: scenario.leafWaitMs,
        ...(scenario.backend === undefined ? {} : { flushLimitMs: FAULT_FLUSH_LIMIT_MS }),
      };
    case 'startup':
      return { ...setting, kind: 'startup' };
    case 'burst':
      return { ...setting, kind: 'burst', spans: scenario.spans };
    case 'exit':
      return { ...setting, kind: 'exit', traces: scenario.traces, how: scenario.how };
    case 'visible':
      return { ...setting, kind: 'visible', traces: scenario.traces, pauseMs: scenario.pauseMs };
    case 'figure':
      throw new TypeError('a figure of our own has no sample process');
    case 'mistake':
      return mistakeTask(scenario, arm, setting, places.mistakesDirectory);
  }
}

function measure(step: ScheduledSample, child: SampleProcess, surroundings: SampleSurroundings): Promise<Measured> {
  const { scenario, arm } = step;
  switch (scenario.kind) {
    case 'loop':
    case 'mistake':
      return measureLoop(arm, child, surroundings.sink);
    case 'server':
      return measureServer(scenario, arm, child, surroundings);
    case 'startup':
    case 'burst':
    case 'visible':
      return finish(arm, child, surroundings.sink);
    case 'figure':
      throw new TypeError('a figure of our own has no sample process');
    case 'exit':
      return measureExit(scenario.traces, arm, child, surroundings.sink);
  }
}

async function measureLoop(arm: ArmName, child: SampleProcess, sink: SinkProcess): Promise<Measured> {
  await child.receive('ready', START_LIMIT_MS);
  await checkWarmup(arm, sink);
  await sink.reset();
  child.send({ type: 'go' });
  return finish(arm, child, sink);
}

/** Before anything is timed: an arm that traces must have got something to the sink. */
async function checkWarmup(arm: ArmName, sink: SinkProcess): Promise<void> {
  const counts = await sink.counts();
  const traces = describeArm(arm).side !== 'none';
  if (traces === counts.spans > 0) return;
  throw new LabProcessError(
    traces ? 'its warm-up delivered nothing' : `an untraced warm-up delivered ${counts.spans} spans`,
  );
}

async function finish(arm: ArmName, child: SampleProcess, sink: SinkProcess): Promise<Measured> {
  const { result } = await child.receive('result', RESULT_LIMIT_MS);
  const spansSent = describeArm(arm).side === 'none' ? 0 : (result.books?.offered ?? result.spans);
  // With a backend that fails, all there is to wait for is what the library says was delivered.
  const counts = await sink.settle(result.books?.delivered ?? spansSent);
  child.send({ type: 'end' });
  await child.waitForEnd(END_LIMIT_MS);
  return { spansSent, counts, metrics: result.metrics, result };
}

async function measureServer(
  scenario: Extract<Scenario, { kind: 'server' }>,
  arm: ArmName,
  child: SampleProcess,
  { places, sink, signal }: SampleSurroundings,
): Promise<Measured> {
  const { url } = await child.receive('ready', START_LIMIT_MS);
  const { requestsPerSecond, connections, warmupMs, durationMs } = scenario;
  const task: LoadTask = { url: url ?? '', requestsPerSecond, connections, warmupMs, durationMs };
  const load = startProcess<LoadMessage, LoadCommand>(places.loadModule, task, signal === undefined ? {} : { signal });
  try {
    const { warmup } = await load.receive('warm', RESULT_LIMIT_MS);
    child.send({ type: 'go' });
    await child.receive('started', START_LIMIT_MS);
    if (scenario.backend === undefined) {
      await checkWarmup(arm, sink);
      await sink.reset();
    }
    load.send({ type: 'go' });
    const { result: seen } = await load.receive('result', RESULT_LIMIT_MS);
    child.send({ type: 'stop' });
    const measured = await finish(arm, child, sink);
    return {
      ...measured,
      ...(warmup === undefined ? {} : { warmup }),
      metrics: { ...measured.metrics, ...loadMetrics(seen) },
    };
  } finally {
    await load.waitForEnd(END_LIMIT_MS);
  }
}

function loadMetrics(seen: LoadResult): Metrics {
  const { answeredPerSecond, p50Ms, p90Ms, p99Ms, maxMs, generatorLateP99Ms } = seen;
  return { answeredPerSecond, p50Ms, p90Ms, p99Ms, maxMs, generatorLateP99Ms };
}

async function measureExit(traces: number, arm: ArmName, child: SampleProcess, sink: SinkProcess): Promise<Measured> {
  const begin = performance.now();
  const end = await child.waitForEnd(EXIT_LIMIT_MS);
  const exitMs = performance.now() - begin;
  if (end.code !== 0) throw new LabProcessError(`ended with ${end.code ?? end.signal}`);
  const spansSent = describeArm(arm).side === 'none' ? 0 : traces * SPANS_PER_TRACE;
  return { spansSent, counts: await sink.settle(spansSent), metrics: { exitMs } };
}
