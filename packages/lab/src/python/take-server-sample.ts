import type { LoadCommand, LoadMessage, LoadTask } from '../load/protocol.js';
import { startProcess } from '../runner/child.js';
import type { PlannedSample } from './cases.js';
import type { PythonSample } from './model.js';
import { startProgram } from './program.js';
import { parseListening, parseServed } from './program-output.js';
import { failedSample, type PythonSampleSurroundings, toPythonSample } from './take-sample.js';
import { createTimeline, type SeenRequest } from './timeline.js';

/** Four spans of 7 KB a request: a batch of 512 every four seconds, and what version 2 can just keep up with. */
const REQUESTS_PER_SECOND = 30;
const CONNECTIONS = 64;
const WARMUP_MS = 1_000;
const START_LIMIT_MS = 60_000;
/** After the load the library may have seconds of work left. */
const FLUSH_LIMIT_MS = 120_000;
const END_LIMIT_MS = 20_000;
/** What comes late beyond the measured time is a server that no longer keeps up. */
const LATE_LIMIT_MS = 90_000;

/** What a server's sample needs beyond the others. */
export interface PythonServerSurroundings extends PythonSampleSurroundings {
  readonly loadModule: string;
  readonly durationMs: number;
}

/** Runs a service under load and puts its latencies beside its exports. Never rejects for what the service does. */
export async function takeServerSample(
  planned: PlannedSample,
  surroundings: PythonServerSurroundings,
): Promise<readonly PythonSample[]> {
  const { definition, subject } = planned;
  const { place, sink, seed, calls } = surroundings;
  await sink.reset();
  const task = { case: definition.id, subject, variant: '', sinkUrl: sink.url, seed, calls };
  const program = startProgram(place, 'server', task);
  try {
    const url = parseListening(await program.nextLine(START_LIMIT_MS));
    const load = await runLoad(url, surroundings);
    program.closeInput();
    const served = parseServed(await program.nextLine(FLUSH_LIMIT_MS));
    const counts = await sink.settle(served.spansSent);
    const { series, metrics } = createTimeline(load.requests, served.exports);
    const sample = {
      variant: '',
      spansSent: served.spansSent,
      metrics: { ...metrics, errors: load.errors, generatorLateP99Ms: load.generatorLateP99Ms },
    };
    return [{ ...toPythonSample(planned, sample, served.spansSent, counts), series }];
  } catch (error) {
    program.kill();
    return [failedSample(planned, error)];
  } finally {
    await program.waitForEnd(END_LIMIT_MS);
  }
}

interface Load {
  readonly requests: readonly SeenRequest[];
  readonly errors: number;
  readonly generatorLateP99Ms: number;
}

async function runLoad(url: string, { loadModule, durationMs }: PythonServerSurroundings): Promise<Load> {
  const task: LoadTask = {
    url,
    requestsPerSecond: REQUESTS_PER_SECOND,
    connections: CONNECTIONS,
    warmupMs: WARMUP_MS,
    durationMs,
    keepsRequests: true,
  };
  const load = startProcess<LoadMessage, LoadCommand>(loadModule, task);
  try {
    await load.receive('warm', LATE_LIMIT_MS);
    load.send({ type: 'go' });
    const { result } = await load.receive('result', durationMs + LATE_LIMIT_MS);
    return { requests: result.seen ?? [], errors: result.errors, generatorLateP99Ms: result.generatorLateP99Ms };
  } finally {
    load.kill();
  }
}
