import { openRunnerChannel } from '../sample/channel.js';
import { measureHandler } from './measure.js';
import type { HandlerTask } from './protocol.js';

const task = JSON.parse(process.argv[2] ?? '{}') as HandlerTask;
const channel = openRunnerChannel();
const measured = await measureHandler(task, channel);
channel.send({ type: 'result', result: measured.result });
await channel.receive('end');
await measured.tearDown();
channel.close();
// The figures are in: what the handler left running must not hold up the next sample.
process.exit(0);
