import type { Arm } from '../arms/contract.js';
import type { RunnerChannel } from './channel.js';
import { flushArm } from './flush.js';
import { createPayload } from './payload.js';
import type { LoopTask, SampleResult } from './protocol.js';
import { giveWay, rest } from './rest.js';
import { type StallProbe, startStallProbe, startTimedStallProbe } from './stall-probe.js';
import { warmUp, warmUpRule } from './warm-up.js';
import { cpuPerSpan, openInstruments, threadsOf } from './window.js';
import { openWork } from './works/open-work.js';

/** For work that waits for sockets: short beside the stalls that matter, long enough to cost little. */
const STALL_PROBE_PERIOD_MS = 5;

/**
 * Measures traces in cycles. The CPU window goes from the first trace to the end of the flush, so that a library pays
 * for all that its spans cause, however long it puts that off; stalls are taken from the cycles alone.
 */
export async function runLoop(task: LoopTask, arm: Arm, channel: RunnerChannel): Promise<SampleResult> {
  const instruments = await openInstruments();
  await arm.load();
  arm.setUp(task.sinkUrl);
  const work = await openWork(task, arm, createPayload(task.payload, task.seed));
  await runTinyTraces(task, arm);
  const warmup = await warmUp(warmUpRule(task.warmupCycles), () => runCycle(task, work.runTrace));
  await work.settle?.();
  await flushArm(arm);
  channel.send({ type: 'ready' });
  await channel.receive('go');

  const keptBefore = arm.keptSpans?.() ?? 0;
  const window = await instruments.begin();
  const startedAt = performance.now();
  const probe = work.waitsForSockets ? startTimedStallProbe(STALL_PROBE_PERIOD_MS) : startStallProbe();
  const cycleProbe = work.waitsForSockets ? undefined : probe;
  for (let cycle = 0; cycle < task.cycles; cycle++) await runCycle(task, work.runTrace, cycleProbe);
  const stalls = probe.stop();
  const loadWallMs = performance.now() - startedAt;
  const loaded = await instruments.clock.read();
  await work.settle?.();
  const flushed = await flushArm(arm);
  const reading = await window.end();

  const traces = task.cycles * task.tracesPerCycle;
  return {
    spans: arm.keptSpans === undefined ? traces * work.spansPerTrace : arm.keptSpans() - keptBefore,
    cpuSource: instruments.clock.source,
    warmup,
    ...threadsOf(reading),
    metrics: {
      ...reading.metrics,
      ...cpuPerSpan(window.start, reading, traces * work.unitsPerTrace),
      runQueueWaitMs: (loaded.waitUs - window.start.waitUs) / 1_000,
      longestStallMs: stalls.longestMs,
      loopDelayMaxMs: stalls.loopDelayMaxMs,
      loopDelayP99Ms: stalls.loopDelayP99Ms,
      loadWallMs,
      flushWallMs: flushed.wallMs,
      flushCpuMs: (reading.end.mainUs - loaded.mainUs) / 1_000,
      ...(work.textPerSpan === undefined ? {} : { textPerSpan: work.textPerSpan }),
    },
    ...(flushed.error === undefined ? {} : { flushError: flushed.error }),
  };
}

const TINY_TRACES_PER_CYCLE = 10;
/** Long enough for what a library puts off. */
const TINY_REST_MS = 1;

/** Has the code compiled that every payload meets, in a fraction of the time that large payloads would take. */
async function runTinyTraces(task: LoopTask, arm: Arm): Promise<void> {
  const { tinyTracesFirst = 0, seed } = task;
  if (tinyTracesFirst === 0) return;
  const tiny = { ...task, tracesPerCycle: TINY_TRACES_PER_CYCLE, restMs: TINY_REST_MS };
  const work = await openWork(task, arm, createPayload('tiny', seed));
  for (let traces = 0; traces < tinyTracesFirst; traces += TINY_TRACES_PER_CYCLE) await runCycle(tiny, work.runTrace);
}

/**
 * A cycle is some traces back to back and then a rest. Both halves tell of stalls: the traces only ever wait for
 * promises, so nothing else runs among them, and the rest's timer is late by what ran in its time.
 *
 * @returns how long the traces took, in milliseconds
 */
async function runCycle(task: LoopTask, runTrace: () => Promise<unknown>, probe?: StallProbe): Promise<number> {
  const { tracesPerCycle, restMs } = task;
  const begin = performance.now();
  for (let trace = 0; trace < tracesPerCycle; trace++) await runTrace();
  const worked = performance.now();
  await (restMs === 0 ? giveWay() : rest(restMs));
  probe?.observe(worked - begin);
  probe?.observe(performance.now() - worked - restMs);
  return worked - begin;
}
