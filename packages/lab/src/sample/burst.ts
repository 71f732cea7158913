import type { Arm } from '../arms/contract.js';
import { openCpuClock } from './cpu-clock.js';
import { flushArm } from './flush.js';
import type { BurstTask, SampleResult } from './protocol.js';

/** Makes spans in one synchronous loop, so that no timer, no I/O and no promise gets a turn, and then flushes. */
export async function runBurst(task: BurstTask, arm: Arm): Promise<SampleResult> {
  await arm.load();
  arm.setUp(task.sinkUrl);
  const work = arm.wrap('item', (input: number) => input + 1, 'span');
  const clock = openCpuClock();
  const start = await clock.read();
  const begin = performance.now();
  for (let span = 0; span < task.spans; span++) work(span);
  const burstMs = performance.now() - begin;
  const flushed = await flushArm(arm);
  const end = await clock.read();
  return {
    spans: task.spans,
    cpuSource: clock.source,
    metrics: {
      burstMs,
      mainCpuUsPerSpan: (end.mainUs - start.mainUs) / task.spans,
      flushWallMs: flushed.wallMs,
    },
    ...(flushed.error === undefined ? {} : { flushError: flushed.error }),
  };
}
