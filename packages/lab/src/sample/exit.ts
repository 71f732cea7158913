import type { Arm } from '../arms/contract.js';
import { createPayload } from './payload.js';
import type { ExitTask } from './protocol.js';
import { createTracedWork } from './traced-work.js';

/** Makes a few traces and lets the process end, as a script does that knows nothing of flushing. */
export async function runExit(task: ExitTask, arm: Arm): Promise<void> {
  await arm.load();
  arm.setUp(task.sinkUrl);
  const runTrace = createTracedWork(arm, createPayload('tiny', task.seed), 0);
  for (let trace = 0; trace < task.traces; trace++) await runTrace();
  if (task.how === 'process.exit') process.exit(0);
}
