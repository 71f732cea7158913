import { LabProcessError } from '../errors.js';
import { type LabProcess, startProcess } from '../runner/child.js';
import { type SinkProcess, startSinkProcess } from '../runner/sink-process.js';
import { createRandom, shuffled } from '../statistics/random.js';
import type { HandlerOptions } from './arguments.js';
import { type PreparedFile, prepareFile } from './handler-file.js';
import type { HandlerReport, HandlerSample } from './model.js';
import type { HandlerArm, HandlerCommand, HandlerMessage, HandlerTask } from './protocol.js';
import { createHandlerReport } from './report.js';

/** Where the processes are. */
export interface HandlerPlaces {
  readonly handlerModule: string;
  readonly sinkModule: string;
}

/** What a run needs besides its options. */
export interface HandlerSurroundings {
  readonly places: HandlerPlaces;
  /** Says that a sample begins: its number, from 1, of so many, and what it is. */
  readonly onSample?: (sample: number, samples: number, arm: HandlerArm) => void;
  readonly signal?: AbortSignal | undefined;
}

const START_LIMIT_MS = 120_000;
const RESULT_LIMIT_MS = 300_000;
const END_LIMIT_MS = 10_000;
const ARMS: readonly HandlerArm[] = ['untraced', 'untraced-again', 'traced'];

/** The first look: how long does one call take? */
const PILOT = { warmupCalls: 5, calls: 2_000, limitMs: 400 } as const;
const SAMPLE_MS = 2_000;
const LEAST_CALLS = 30;
const MOST_CALLS = 20_000;
/** Calls that warm up, of those that are timed. */
const WARM_UP_SHARE = 1 / 3;
const LEAST_WARM_UP_CALLS = 10;

/**
 * Measures a handler untraced, untraced again and traced, in fresh processes and in random order, every second round
 * in reverse.
 *
 * @throws LabArgumentError where the file cannot be read
 * @throws LabProcessError where the handler fails, or where nothing of what it traced arrives
 */
export async function runHandler(options: HandlerOptions, surroundings: HandlerSurroundings): Promise<HandlerReport> {
  const startedAt = new Date().toISOString();
  const prepared: PreparedFile[] = [];
  const sink = await startSinkProcess(surroundings.places.sinkModule);
  try {
    const file = await prepareFile(options.file);
    prepared.push(file);
    const other = options.withFile === undefined ? undefined : await prepareFile(options.withFile);
    if (other !== undefined) prepared.push(other);
    const base = {
      sinkUrl: sink.url,
      handlerUrl: file.url,
      ...(other === undefined ? {} : { withUrl: other.url }),
      ownTracing: options.ownTracing,
    };
    const calls = options.calls ?? (await callsOf(base, sink, surroundings));
    const warmupCalls = Math.max(LEAST_WARM_UP_CALLS, Math.ceil(calls * WARM_UP_SHARE));
    const samples = await takeSamples({ ...base, calls, warmupCalls }, options, sink, surroundings);
    return createHandlerReport({
      startedAt,
      file: options.file,
      tracedBy: other !== undefined ? 'another module' : options.ownTracing ? 'the file itself' : 'slipstream',
      node: process.version,
      cpuSource: samples[0]?.cpuSource ?? 'process.cpuUsage',
      seed: options.seed,
      rounds: options.rounds,
      callsPerSample: calls,
      samples,
    });
  } finally {
    await sink.stop();
    for (const file of prepared) await file.remove();
  }
}

type TaskBase = Omit<HandlerTask, 'arm'>;

async function callsOf(
  base: Omit<TaskBase, 'calls' | 'warmupCalls'>,
  sink: SinkProcess,
  surroundings: HandlerSurroundings,
): Promise<number> {
  const { metrics } = await takeSample({ ...base, ...PILOT, arm: 'untraced' }, 0, sink, surroundings);
  const callMs = metrics.p50Ms ?? 1;
  return Math.round(Math.min(MOST_CALLS, Math.max(LEAST_CALLS, callMs > 0 ? SAMPLE_MS / callMs : MOST_CALLS)));
}

async function takeSamples(
  task: TaskBase,
  { rounds, seed }: HandlerOptions,
  sink: SinkProcess,
  surroundings: HandlerSurroundings,
): Promise<HandlerSample[]> {
  const samples: HandlerSample[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const arm of orderOf(round, seed)) {
      surroundings.onSample?.(samples.length + 1, rounds * ARMS.length, arm);
      samples.push(await takeSample({ ...task, arm }, round, sink, surroundings));
    }
  }
  return samples;
}

function orderOf(round: number, seed: number): HandlerArm[] {
  const isReversed = round % 2 === 1;
  const order = shuffled(ARMS, createRandom(seed + (isReversed ? round - 1 : round)));
  return isReversed ? order.reverse() : order;
}

async function takeSample(
  task: HandlerTask,
  round: number,
  sink: SinkProcess,
  { places, signal }: HandlerSurroundings,
): Promise<HandlerSample> {
  await sink.reset();
  const child: LabProcess<HandlerMessage, HandlerCommand> = startProcess(places.handlerModule, task, {
    environment: environmentOf(task),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    await child.receive('ready', START_LIMIT_MS);
    // What the warm-up left on its way is let in first, so that it is not counted with the rest.
    await sink.settle(task.arm === 'traced' && task.withUrl !== undefined ? Number.MAX_SAFE_INTEGER : 0);
    await sink.reset();
    child.send({ type: 'go' });
    const { result } = await child.receive('result', RESULT_LIMIT_MS);
    const isCounted = task.withUrl === undefined;
    const isTraced = task.arm === 'traced';
    const { distinctSpans } = await sink.settle(isCounted || !isTraced ? result.spans : Number.MAX_SAFE_INTEGER);
    checkDelivery(isTraced, distinctSpans);
    child.send({ type: 'end' });
    const { calls, spans, cpuSource, warmup, metrics } = result;
    return {
      arm: task.arm,
      round,
      calls,
      spansSent: spans,
      spansDelivered: distinctSpans,
      cpuSource,
      ...(warmup === undefined ? {} : { warmup }),
      metrics,
    };
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    await child.waitForEnd(END_LIMIT_MS);
  }
}

function checkDelivery(isTraced: boolean, spans: number): void {
  if (isTraced && spans === 0) {
    throw new LabProcessError(
      'Nothing that was traced arrived, so there is nothing to measure. With --own-tracing the file must not name a url; with --with the module must export flush().',
    );
  }
  if (!isTraced && spans > 0) {
    throw new LabProcessError(
      `The untraced handler delivered ${spans} spans: it traces itself by other means than Slipstream. Move that into a module and name it by --with.`,
    );
  }
}

/** Every address that a tracer may read leads to the sink; the keys only have to be there. */
function environmentOf({ arm, sinkUrl }: HandlerTask): Readonly<Record<string, string>> {
  if (arm !== 'traced') return { SLIPSTREAM_ENABLED: 'false' };
  return {
    SLIPSTREAM_URL: sinkUrl,
    OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
    LANGFUSE_BASE_URL: sinkUrl,
    LANGFUSE_BASEURL: sinkUrl,
    LANGFUSE_HOST: sinkUrl,
    LANGFUSE_PUBLIC_KEY: 'pk-lf-lab',
    LANGFUSE_SECRET_KEY: 'sk-lf-lab',
  };
}
