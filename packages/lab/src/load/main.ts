import { createLoadGenerator } from './generator.js';
import type { LoadMessage, LoadTask } from './protocol.js';

const task = JSON.parse(process.argv[2] ?? '{}') as LoadTask;
const generator = createLoadGenerator(task);

function send(message: LoadMessage): void {
  process.send?.(message);
}

const go = new Promise<void>((resolve) => process.once('message', () => resolve()));
process.on('disconnect', () => process.exit(0));

await generator.run(task.warmupMs);
send({ type: 'warm' });
await go;
send({ type: 'result', result: await generator.run(task.durationMs) });
generator.close();
process.removeAllListeners('disconnect');
process.disconnect();
