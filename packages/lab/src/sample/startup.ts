import type { Arm } from '../arms/contract.js';
import { openCpuClock } from './cpu-clock.js';
import { flushArm } from './flush.js';
import type { SampleResult, StartupTask } from './protocol.js';

const BYTES_PER_MB = 1024 * 1024;

/** Measures what a library takes before the first request: its import, its set-up, its first traced call. */
export async function runStartup(task: StartupTask, arm: Arm): Promise<SampleResult> {
  const rssBefore = process.memoryUsage.rss();
  const importing = performance.now();
  await arm.load();
  const imported = performance.now();
  const rssAfter = process.memoryUsage.rss();

  const settingUp = performance.now();
  arm.setUp(task.sinkUrl);
  const isSetUp = performance.now();

  const call = arm.wrap('first', (input: string) => input, 'span');
  const calling = performance.now();
  call('first call');
  const called = performance.now();
  await flushArm(arm);
  return {
    spans: 1,
    cpuSource: openCpuClock().source,
    metrics: {
      importMs: imported - importing,
      importRssMb: (rssAfter - rssBefore) / BYTES_PER_MB,
      setUpMs: isSetUp - settingUp,
      firstCallMs: called - calling,
    },
  };
}
