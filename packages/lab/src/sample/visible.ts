import { setTimeout as sleep } from 'node:timers/promises';
import type { Arm } from '../arms/contract.js';
import { median } from '../statistics/quantile.js';
import { openCpuClock } from './cpu-clock.js';
import { followTraces } from './live-stream.js';
import type { SampleResult, VisibleTask } from './protocol.js';

/** Langfuse and OpenTelemetry send every 5 s; what is not there long after that will not come. */
const SEEN_LIMIT_MS = 20_000;

/**
 * Measures how long a trace that has ended takes to come out of the live stream that the browser shows, one after the
 * other and without a flush: the library's own batching is part of it.
 */
export async function runVisible(task: VisibleTask, arm: Arm): Promise<SampleResult> {
  await arm.load();
  arm.setUp(task.sinkUrl);
  const live = await followTraces(`${task.sinkUrl}/api/v1/live`);
  const delaysMs: number[] = [];
  try {
    for (let index = 0; index < task.traces; index++) {
      const name = `visible ${index}`;
      arm.wrap(name, (input: string) => input, 'span')('seen');
      const endedAt = performance.now();
      await live.seen(name, SEEN_LIMIT_MS);
      delaysMs.push(performance.now() - endedAt);
      await sleep(task.pauseMs);
    }
  } finally {
    await live.close();
  }
  return {
    spans: task.traces,
    cpuSource: openCpuClock().source,
    metrics: { visibleMs: median(delaysMs), visibleMaxMs: Math.max(...delaysMs) },
  };
}
