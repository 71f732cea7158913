// Gives the worker very little memory, and then more to hold than that: open spans with large inputs.
import threads from 'node:worker_threads';
import { configure, getClient } from '../../dist/index.js';

let workerCount = 0;
process.on('worker', () => {
  workerCount++;
});
const { Worker } = threads;
threads.Worker = class extends Worker {
  constructor(source, options) {
    super(source, { ...options, resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 } });
  }
};

configure({ service: 'out-of-memory' });
const client = getClient();
const open = [];
let made = 0;
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
while (workerCount < 2 && made < 20_000) {
  for (let index = 0; index < 10; index++) {
    // Not one byte a character, so that the worker has to hold twice as many.
    open.push(client.span({ name: 'held', input: `${'ô'.repeat(10_000)}${made}ư`, parent: null }));
    client.span({ name: 'ended', parent: null }).end();
    made += 2;
  }
  await turn();
}
for (const span of open) span.end();
await client.flush({ timeoutMs: 10_000 });
process.stdout.write(JSON.stringify({ stats: client.stats(), workerCount, made }));
