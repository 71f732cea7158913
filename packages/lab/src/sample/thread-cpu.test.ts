import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { openThreadClock, sumByRole, type ThreadReading, threadsBetween } from './thread-cpu.js';

const MAIN = 10;

function reading(id: number, name: string, cpuUs: number): ThreadReading {
  return { id, name, cpuUs };
}

test('threads are told by their name, and by who was there before the library where all have the same name', () => {
  const early = new Set([MAIN, 11, 12, 15]);
  const start = [reading(MAIN, 'node', 1_000), reading(11, 'node', 500), reading(12, 'libuv-worker', 0)];
  const end = [
    reading(MAIN, 'node', 4_000),
    reading(11, 'node', 700),
    reading(12, 'libuv-worker', 100),
    reading(13, 'node-V8Worker', 50),
    reading(14, 'node', 2_000),
    reading(15, 'node', 100),
  ];
  expect(threadsBetween(start, end, early, MAIN)).toEqual([
    { name: 'node', role: 'main', threads: 1, cpuMs: 3 },
    { name: 'node', role: 'helper', threads: 2, cpuMs: 0.2 + 0.1 },
    { name: 'libuv-worker', role: 'libuv', threads: 1, cpuMs: 0.1 },
    { name: 'node-V8Worker', role: 'v8', threads: 1, cpuMs: 0.05 },
    { name: 'node', role: 'worker', threads: 1, cpuMs: 2 },
  ]);
});

test("a library's threads are summed apart from Node's own", () => {
  const threads = threadsBetween(
    [],
    [reading(MAIN, 'node', 9_000), reading(11, 'node', 3_000), reading(12, 'node', 4_000)],
    new Set([MAIN, 11]),
    MAIN,
  );
  expect(sumByRole(threads)).toEqual({ workerMs: 4, helperMs: 3 });
});

test.skipIf(process.platform !== 'linux')('work in a worker thread is found as that thread', async () => {
  const clock = await openThreadClock();
  const start = clock?.read() ?? [];
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const until = performance.now() + 40;
     let sum = 0;
     while (performance.now() < until) sum += Math.sqrt(sum + 1);
     parentPort.postMessage(sum);
     setInterval(() => {}, 1_000);`,
    { eval: true },
  );
  await once(worker, 'message');
  // Linux books a thread's time when it leaves its core: it has, once it has sent its message and waits for a timer.
  await expect.poll(() => sumByRole(clock?.between(start, clock.read()) ?? []).workerMs).toBeGreaterThan(10);
  await worker.terminate();
});
