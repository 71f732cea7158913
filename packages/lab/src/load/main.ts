import { warmUp } from '../sample/warm-up.js';
import { createLoadGenerator } from './generator.js';
import type { LoadMessage, LoadTask } from './protocol.js';
import { loadWarmUpRule } from './warm-up-rule.js';

const task = JSON.parse(process.argv[2] ?? '{}') as LoadTask;
const generator = createLoadGenerator(task);

function send(message: LoadMessage): void {
  process.send?.(message);
}

const go = new Promise<void>((resolve) => process.once('message', () => resolve()));
process.on('disconnect', () => process.exit(0));

const { sliceMs, rule } = loadWarmUpRule(task.warmupMs);
const warmup = await warmUp(rule, async () => (await generator.run(sliceMs)).p50Ms);
send({ type: 'warm', warmup });
await go;
send({ type: 'result', result: await generator.run(task.durationMs) });
generator.close();
process.removeAllListeners('disconnect');
process.disconnect();
