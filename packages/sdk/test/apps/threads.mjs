// Worker threads of the application, each with a client of its own, that end in the way that the argument names.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { configure, observe } from '../../dist/index.js';

const ending = isMainThread ? process.argv[2] : workerData;
configure({ service: isMainThread ? 'main' : 'thread' });
const step = observe((value) => value, { name: isMainThread ? 'main.step' : 'thread.step' });
for (let index = 0; index < 500; index++) step(index);

if (isMainThread) {
  const thread = new Worker(new URL(import.meta.url), { workerData: ending });
  thread.on('error', () => undefined);
  thread.once('message', () => {
    if (ending === 'terminate') thread.terminate();
    if (ending === 'main-exits') process.exit(0);
  });
} else {
  if (ending === 'exit') process.exit(3);
  if (ending === 'throw') throw new Error('the thread failed');
  if (ending === 'terminate' || ending === 'main-exits') {
    setInterval(() => undefined, 1000);
    parentPort?.postMessage('ready');
  }
}
