import { MalformedProgramError } from '../errors.js';
import { quantile } from '../statistics/quantile.js';
import type { RunnerChannel } from './channel.js';
import { flushArm } from './flush.js';
import type { Metrics, MistakeTask, SampleResult } from './protocol.js';
import { giveWay, rest } from './rest.js';
import { startTimedStallProbe } from './stall-probe.js';
import { openInstruments } from './window.js';

/** What a program of `examples/mistakes` exports, as far as the lab uses it. */
interface MistakeProgram {
  setUp(settings: { readonly url: string }): unknown;
  handle(request: unknown): Promise<unknown>;
  flush(): Promise<unknown>;
  tearDown(): Promise<unknown>;
  /** How it finds its client in a request, where that is what the mistake is about. */
  lookUp?(): unknown;
  /** What the library told it about its mistake. */
  readonly told?: readonly unknown[];
}

type MakeRequest = (index: number) => unknown;

/** Short beside the stalls that matter, long enough to cost little. */
const STALL_PROBE_PERIOD_MS = 5;
/** A look-up takes from nanoseconds to a tenth of a millisecond: a time is set, and calls are counted. */
const LOOK_UP_MS = 20;
const LOOK_UPS_AT_ONCE = 50;
const FUNCTIONS = ['setUp', 'handle', 'flush', 'tearDown'] as const;

/**
 * Starts a program of `examples/mistakes` and gives it requests, each at a time of its own. The CPU window goes from
 * the first of them to the end of the flush, so that a program pays for all that its requests cause.
 */
export async function runMistake(task: MistakeTask, channel: RunnerChannel): Promise<SampleResult> {
  const instruments = await openInstruments();
  const { makeRequest } = (await import(task.requestsUrl)) as { makeRequest: MakeRequest };
  const { program, started } = await startProgram(task, makeRequest);
  await answer(program, makeRequest, { requests: task.warmupRequests, paceMs: task.paceMs });
  await flushArm(program);
  channel.send({ type: 'ready' });
  await channel.receive('go');

  const window = await instruments.begin();
  const probe = startTimedStallProbe(STALL_PROBE_PERIOD_MS);
  const startedAt = performance.now();
  const answered = await answer(program, makeRequest, task);
  const stalls = probe.stop();
  const loadWallMs = performance.now() - startedAt;
  const flushed = await flushArm(program);
  const reading = await window.end();

  const mainUs = reading.end.mainUs - window.start.mainUs;
  const otherUs = reading.end.processUs - window.start.processUs - mainUs;
  const lookedUp = lookUpTime(program);
  await program.tearDown();
  return {
    spans: task.requests * task.certainSpansPerRequest,
    cpuSource: instruments.clock.source,
    ...(reading.threads === undefined ? {} : { threads: reading.threads }),
    metrics: {
      ...reading.metrics,
      ...started,
      ...answered,
      ...lookedUp,
      ...(program.told === undefined ? {} : { told: program.told.length }),
      mainCpuUsPerRequest: mainUs / task.requests,
      otherCpuUsPerRequest: Math.max(0, otherUs) / task.requests,
      longestStallMs: stalls.longestMs,
      loopDelayMaxMs: stalls.loopDelayMaxMs,
      loadWallMs,
      flushWallMs: flushed.wallMs,
    },
    ...(flushed.error === undefined ? {} : { flushError: flushed.error }),
  };
}

/** Import, set-up and first request, each timed. */
async function startProgram(
  { programUrl, sinkUrl }: MistakeTask,
  makeRequest: MakeRequest,
): Promise<{ readonly program: MistakeProgram; readonly started: Metrics }> {
  const importing = performance.now();
  const program = readProgram((await import(programUrl)) as Partial<MistakeProgram>, programUrl);
  const imported = performance.now();
  await program.setUp({ url: sinkUrl });
  const isSetUp = performance.now();
  await program.handle(makeRequest(0));
  const called = performance.now();
  return {
    program,
    started: { importMs: imported - importing, setUpMs: isSetUp - imported, firstCallMs: called - isSetUp },
  };
}

function readProgram(module: Partial<MistakeProgram>, programUrl: string): MistakeProgram {
  const missing = FUNCTIONS.filter((name) => typeof module[name] !== 'function');
  if (missing.length > 0) throw new MalformedProgramError(programUrl, missing);
  return module as MistakeProgram;
}

/**
 * Begins requests at fixed times, whether or not the earlier ones have been answered: a stall is waited for by each
 * that would have come in its time.
 */
async function answer(
  { handle }: MistakeProgram,
  makeRequest: MakeRequest,
  { requests, paceMs }: Pick<MistakeTask, 'requests' | 'paceMs'>,
): Promise<Metrics> {
  const callMs: number[] = [];
  const latencyMs: number[] = [];
  const one = async (request: unknown, planned: number): Promise<void> => {
    const begin = performance.now();
    await handle(request);
    const end = performance.now();
    callMs.push(end - begin);
    latencyMs.push(end - planned);
  };
  const begin = performance.now();
  const open: Promise<void>[] = [];
  for (let index = 0; index < requests; index++) {
    const request = makeRequest(index + 1);
    const planned = begin + index * paceMs;
    await untilTime(planned);
    open.push(one(request, planned));
  }
  await Promise.all(open);
  return {
    callMs: quantile(callMs, 0.5),
    p50Ms: quantile(latencyMs, 0.5),
    p90Ms: quantile(latencyMs, 0.9),
    p99Ms: quantile(latencyMs, 0.99),
    maxMs: quantile(latencyMs, 1),
  };
}

/** Timers and sockets get a turn also when it is late already. */
async function untilTime(planned: number): Promise<void> {
  const waitMs = planned - performance.now();
  await (waitMs > 0 ? rest(Math.ceil(waitMs)) : giveWay());
}

/** After everything else: nothing is measured any more that it could disturb. */
function lookUpTime({ lookUp }: MistakeProgram): Metrics {
  if (lookUp === undefined) return {};
  callFor(lookUp, LOOK_UP_MS);
  return { lookUpNs: callFor(lookUp, LOOK_UP_MS) };
}

/** Calls for a while and tells how long one call took, in nanoseconds. */
function callFor(work: () => unknown, durationMs: number): number {
  const begin = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  while (elapsedMs < durationMs) {
    for (let call = 0; call < LOOK_UPS_AT_ONCE; call++) work();
    calls += LOOK_UPS_AT_ONCE;
    elapsedMs = performance.now() - begin;
  }
  return (elapsedMs * 1e6) / calls;
}
