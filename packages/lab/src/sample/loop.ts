import type { Arm } from '../arms/contract.js';
import type { RunnerChannel } from './channel.js';
import { type CpuReading, openCpuClock } from './cpu-clock.js';
import { flushArm } from './flush.js';
import { createPayload } from './payload.js';
import type { LoopTask, SampleResult } from './protocol.js';
import { giveWay, rest } from './rest.js';
import { type StallProbe, startStallProbe } from './stall-probe.js';
import { createTracedWork, SPANS_PER_TRACE } from './traced-work.js';

/**
 * Measures traces in cycles. The CPU window goes from the first trace to the end of the flush, so that a library pays
 * for all that its spans cause, however long it puts that off; stalls are taken from the cycles alone.
 */
export async function runLoop(task: LoopTask, arm: Arm, channel: RunnerChannel): Promise<SampleResult> {
  await arm.load();
  arm.setUp(task.sinkUrl);
  const payload = createPayload(task.payload, task.seed);
  const runTrace = createTracedWork(arm, payload, 0);
  await runCycles(task, task.warmupCycles, runTrace);
  await flushArm(arm);
  channel.send({ type: 'ready' });
  await channel.receive('go');

  const clock = openCpuClock();
  const start = await clock.read();
  const startedAt = performance.now();
  const probe = startStallProbe();
  await runCycles(task, task.cycles, runTrace, probe);
  const stalls = probe.stop();
  const loadWallMs = performance.now() - startedAt;
  const loaded = await clock.read();
  const flushed = await flushArm(arm);
  const end = await clock.read();

  const spans = task.cycles * task.tracesPerCycle * SPANS_PER_TRACE;
  return {
    spans,
    cpuSource: clock.source,
    metrics: {
      ...perSpan(start, end, spans),
      runQueueWaitMs: (loaded.waitUs - start.waitUs) / 1_000,
      longestStallMs: stalls.longestMs,
      loopDelayMaxMs: stalls.loopDelayMaxMs,
      loadWallMs,
      flushWallMs: flushed.wallMs,
      flushCpuMs: (end.mainUs - loaded.mainUs) / 1_000,
      textPerSpan: payload.textLength,
    },
    ...(flushed.error === undefined ? {} : { flushError: flushed.error }),
  };
}

function perSpan(start: CpuReading, end: CpuReading, spans: number) {
  const mainUs = end.mainUs - start.mainUs;
  return {
    mainCpuUsPerSpan: mainUs / spans,
    otherCpuUsPerSpan: Math.max(0, end.processUs - start.processUs - mainUs) / spans,
  };
}

/**
 * A cycle is some traces back to back and then a rest. Both halves tell of stalls: the traces only ever wait for
 * promises, so nothing else runs among them, and the rest's timer is late by what ran in its time.
 */
async function runCycles(
  task: LoopTask,
  cycles: number,
  runTrace: () => Promise<unknown>,
  probe?: StallProbe,
): Promise<void> {
  const { tracesPerCycle, restMs } = task;
  for (let cycle = 0; cycle < cycles; cycle++) {
    const begin = performance.now();
    for (let trace = 0; trace < tracesPerCycle; trace++) await runTrace();
    const worked = performance.now();
    await (restMs === 0 ? giveWay() : rest(restMs));
    probe?.observe(worked - begin);
    probe?.observe(performance.now() - worked - restMs);
  }
}
