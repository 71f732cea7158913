import { createArm } from '../arms/registry.js';
import { runBurst } from './burst.js';
import { openRunnerChannel, type RunnerChannel } from './channel.js';
import { runExit } from './exit.js';
import { runLoop } from './loop.js';
import { runMistake } from './mistake.js';
import type { SampleResult, SampleTask } from './protocol.js';
import { runServer } from './server.js';
import { runStartup } from './startup.js';
import { runVisible } from './visible.js';

const task = JSON.parse(process.argv[2] ?? '{}') as SampleTask;
const arm = createArm(task.arm, task.peersUrl, task.againstUrl);

async function measure(channel: RunnerChannel): Promise<SampleResult> {
  switch (task.kind) {
    case 'loop':
      return runLoop(task, arm, channel);
    case 'server':
      return runServer(task, arm, channel);
    case 'startup':
      return runStartup(task, arm);
    case 'burst':
      return runBurst(task, arm);
    case 'mistake':
      return runMistake(task, channel);
    case 'visible':
      return runVisible(task, arm);
    case 'exit':
      throw new TypeError('an exit task has no result');
  }
}

if (task.kind === 'exit') {
  // No channel: listening to the runner would keep the process alive, and how it ends is the question.
  await runExit(task, arm);
} else {
  const channel = openRunnerChannel();
  channel.send({ type: 'result', result: await measure(channel) });
  await channel.receive('end');
  // A program of the examples has been torn down by then, and its arm was never loaded.
  if (task.kind !== 'mistake') await arm.tearDown();
  channel.close();
  // The figures are in: a library whose timers still run must not hold up the next sample.
  process.exit(0);
}
