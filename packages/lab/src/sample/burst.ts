import type { Arm } from '../arms/contract.js';
import { flushArm } from './flush.js';
import type { BurstTask, SampleResult } from './protocol.js';
import { cpuPerSpan, openInstruments, threadsOf } from './window.js';

/** Makes spans in one synchronous loop, so that no timer, no I/O and no promise gets a turn, and then flushes. */
export async function runBurst(task: BurstTask, arm: Arm): Promise<SampleResult> {
  const instruments = await openInstruments();
  await arm.load();
  arm.setUp(task.sinkUrl);
  const work = arm.wrap('item', (input: number) => input + 1, 'span');
  const window = await instruments.begin();
  const begin = performance.now();
  for (let span = 0; span < task.spans; span++) work(span);
  const burstMs = performance.now() - begin;
  const flushed = await flushArm(arm);
  const reading = await window.end();
  return {
    spans: task.spans,
    cpuSource: instruments.clock.source,
    ...threadsOf(reading),
    metrics: {
      ...reading.metrics,
      ...cpuPerSpan(window.start, reading, task.spans),
      burstMs,
      flushWallMs: flushed.wallMs,
    },
    ...(flushed.error === undefined ? {} : { flushError: flushed.error }),
  };
}
