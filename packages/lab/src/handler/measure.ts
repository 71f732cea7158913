import type { RunnerChannel } from '../sample/channel.js';
import type { Metrics } from '../sample/protocol.js';
import { giveWay } from '../sample/rest.js';
import { type WarmUpOutcome, warmUp, warmUpRule } from '../sample/warm-up.js';
import { cpuPerSpan, openInstruments, threadsOf } from '../sample/window.js';
import { quantileOfSorted } from '../statistics/quantile.js';
import { type Handler, type HandlerModule, loadHandlerModule } from './handler-module.js';
import type { HandlerMessage, HandlerTask } from './protocol.js';
import { openTracer } from './tracer.js';

type HandlerResult = Extract<HandlerMessage, { type: 'result' }>['result'];

/** A handler's process after its work: what it measured, and how it ends. */
export interface MeasuredHandler {
  readonly result: HandlerResult;
  tearDown(): Promise<void>;
}

/** So many cycles a warm-up has at least, whatever the number of calls in one. */
const WARM_UP_CYCLES = 40;

/**
 * Calls a handler, one call after the other. The CPU window goes from the first call to the end of the flush, so that
 * tracing pays for all that it puts off; the latency of a call is the time until what it gives back has settled.
 */
export async function measureHandler(task: HandlerTask, channel: RunnerChannel): Promise<MeasuredHandler> {
  const instruments = await openInstruments();
  const tracer = await openTracer(task);
  const module = await loadHandlerModule(task.handlerUrl);
  await module.setUp();
  const call = createCalls(tracer.wrap(module.handler), module);
  const warmup = await warmUpCalls(task.warmupCalls, call);
  await tracer.flush();
  channel.send({ type: 'ready' });
  await channel.receive('go');

  const spansBefore = tracer.spans();
  const window = await instruments.begin();
  const latenciesMs = await timeCalls(task, call);
  await tracer.flush();
  const reading = await window.end();
  const calls = latenciesMs.length;
  const { mainCpuUsPerSpan, otherCpuUsPerSpan } = cpuPerSpan(window.start, reading, calls);
  const spans = tracer.spans();
  return {
    result: {
      calls,
      spans: spans === undefined || spansBefore === undefined ? 0 : spans - spansBefore,
      cpuSource: instruments.clock.source,
      warmup,
      ...threadsOf(reading),
      metrics: {
        ...reading.metrics,
        ...latencyMetrics(latenciesMs),
        ...(mainCpuUsPerSpan === undefined ? {} : { mainCpuUsPerCall: mainCpuUsPerSpan }),
        ...(otherCpuUsPerSpan === undefined ? {} : { otherCpuUsPerCall: otherCpuUsPerSpan }),
      },
    },
    async tearDown() {
      await module.tearDown();
      await tracer.shutdown();
    },
  };
}

/** Makes the next call and says how long it took. */
function createCalls(handler: Handler, { input }: HandlerModule): () => Promise<number> {
  let index = 0;
  return async () => {
    const value = input(index++);
    const begin = performance.now();
    await handler(value);
    const tookMs = performance.now() - begin;
    // Timers and I/O get their turn between calls, as they do between requests.
    await giveWay();
    return tookMs;
  };
}

/** A call of a few microseconds is too short to be compared with another: some of them are a cycle. */
function warmUpCalls(calls: number, call: () => Promise<number>): Promise<WarmUpOutcome> {
  const perCycle = Math.max(1, Math.floor(calls / WARM_UP_CYCLES));
  return warmUp(warmUpRule(Math.ceil(calls / perCycle)), async () => {
    let tookMs = 0;
    for (let done = 0; done < perCycle; done++) tookMs += await call();
    return tookMs;
  });
}

async function timeCalls({ calls, limitMs }: HandlerTask, call: () => Promise<number>): Promise<Float64Array> {
  const latenciesMs = new Float64Array(calls);
  const until = performance.now() + (limitMs ?? Number.POSITIVE_INFINITY);
  let done = 0;
  while (done < calls && (done === 0 || performance.now() < until)) latenciesMs[done++] = await call();
  return latenciesMs.subarray(0, done);
}

function latencyMetrics(latenciesMs: Float64Array): Metrics {
  const sorted = [...latenciesMs].sort((left, right) => left - right);
  return {
    p50Ms: quantileOfSorted(sorted, 0.5),
    p90Ms: quantileOfSorted(sorted, 0.9),
    p99Ms: quantileOfSorted(sorted, 0.99),
    maxMs: quantileOfSorted(sorted, 1),
  };
}
