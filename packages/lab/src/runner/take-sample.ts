import { type ArmName, describeArm } from '../arms/registry.js';
import { LabProcessError } from '../errors.js';
import type { LoadCommand, LoadMessage, LoadResult, LoadTask } from '../load/protocol.js';
import type { SampleRecord } from '../report/sample-record.js';
import { isBalanced } from '../sample/books.js';
import type { Metrics, SampleCommand, SampleMessage, SampleResult, SampleTask } from '../sample/protocol.js';
import { SPANS_PER_TRACE } from '../sample/traced-work.js';
import type { SinkCounts } from '../sink/counts.js';
import { startBackend } from './backend.js';
import { type LabProcess, startProcess } from './child.js';
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
  /** Finds the constants of the cost model; without it nothing is predicted. */
  readonly calibrationModule?: string;
  readonly peersDirectory: string;
  readonly peersUrl: string;
}

/** What a sample needs from the run. */
export interface SampleSurroundings {
  readonly places: LabPlaces;
  readonly sink: SinkProcess;
  readonly seed: number;
}

type SampleProcess = LabProcess<SampleMessage, SampleCommand>;

/** What was measured, before the sink was asked. */
interface Measured {
  readonly spansSent: number;
  readonly metrics: Metrics;
  readonly result?: SampleResult;
  readonly counts: SinkCounts;
}

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

/** Puts what the scenario wants in the sink's place, for this sample alone. */
async function withBackend<Result>(
  { scenario }: ScheduledSample,
  surroundings: SampleSurroundings,
  take: (surroundings: SampleSurroundings) => Promise<Result>,
): Promise<Result> {
  if (scenario.kind !== 'server' || scenario.backend === undefined) return take(surroundings);
  const sink = await startBackend(scenario.backend, scenario, surroundings.places);
  try {
    return await take({ ...surroundings, sink });
  } finally {
    await sink.stop();
  }
}

async function sampleOnce(step: ScheduledSample, surroundings: SampleSurroundings): Promise<Measured> {
  await surroundings.sink.reset();
  const child: SampleProcess = startProcess(surroundings.places.sampleModule, taskOf(step, surroundings));
  try {
    return await measure(step, child, surroundings);
  } catch (error) {
    child.kill();
    await child.waitForEnd(END_LIMIT_MS);
    throw error;
  }
}

function taskOf({ scenario, arm, round }: ScheduledSample, { places, sink, seed }: SampleSurroundings): SampleTask {
  const setting = { arm, sinkUrl: sink.url, peersUrl: places.peersUrl, seed: seed + round };
  switch (scenario.kind) {
    case 'loop': {
      const { payload, tracesPerCycle, restMs, warmupCycles, cycles } = scenario;
      return { ...setting, kind: 'loop', payload, tracesPerCycle, restMs, warmupCycles, cycles };
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
  }
}

function measure(step: ScheduledSample, child: SampleProcess, surroundings: SampleSurroundings): Promise<Measured> {
  const { scenario, arm } = step;
  switch (scenario.kind) {
    case 'loop':
      return measureLoop(arm, child, surroundings.sink);
    case 'server':
      return measureServer(scenario, arm, child, surroundings);
    case 'startup':
    case 'burst':
      return finish(arm, child, surroundings.sink);
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
  { places, sink }: SampleSurroundings,
): Promise<Measured> {
  const { url } = await child.receive('ready', START_LIMIT_MS);
  const { requestsPerSecond, connections, warmupMs, durationMs } = scenario;
  const task: LoadTask = { url: url ?? '', requestsPerSecond, connections, warmupMs, durationMs };
  const load = startProcess<LoadMessage, LoadCommand>(places.loadModule, task);
  try {
    await load.receive('warm', RESULT_LIMIT_MS);
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
    return { ...measured, metrics: { ...measured.metrics, ...loadMetrics(seen) } };
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

function recordOf({ arm, scenario }: ScheduledSample, { spansSent, metrics, result, counts }: Measured) {
  const { distinctSpans, spans, requests, wireBytes, bodyBytes } = counts;
  const books = result?.books;
  const isLost = describeArm(arm).side !== 'none' && distinctSpans < (books?.delivered ?? spansSent);
  const problems = [
    ...(result?.flushError === undefined ? [] : [result.flushError]),
    ...(counts.malformed > 0 ? [`${counts.malformed} malformed requests`] : []),
    ...(books === undefined || isBalanced(books) ? [] : ['its books do not account for each span']),
  ];
  const isFaulty = scenario.kind === 'server' && scenario.backend !== undefined;
  return {
    status: isLost ? ('lost' as const) : ('ok' as const),
    ...(problems.length === 0 ? {} : { note: problems.join('; ') }),
    spansSent,
    spansDelivered: distinctSpans,
    spansReceived: spans,
    requests,
    wireBytes,
    bodyBytes,
    ...(result === undefined ? {} : { cpuSource: result.cpuSource }),
    ...(books === undefined ? {} : { books }),
    metrics: distinctSpans > 0 && !isFaulty ? { ...metrics, bodyBytesPerSpan: bodyBytes / spans } : metrics,
  };
}
