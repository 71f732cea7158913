import { Worker } from 'node:worker_threads';
import { openCpuClock } from '../../sample/cpu-clock.js';
import type { Benchmark } from './benchmark.js';

const SPIN = `
const { parentPort, workerData } = require('node:worker_threads');
const words = new Int32Array(workerData);
const bytes = new Uint8Array(1024 * 1024);
parentPort.postMessage('spinning');
for (let turn = 1; Atomics.load(words, 0) === 0; turn++) bytes.fill(turn);
`;

const BURSTS_PER_REPEAT = 20;

/**
 * How many times as much CPU operations take while another thread of this process works without a pause: CPU and not
 * time, since waiting for a core is no part of it. 1 where only the CPU of all threads together can be read.
 */
export async function measureBeside(benchmark: Benchmark<string>, repeats: number): Promise<number> {
  if (openCpuClock().source === 'process.cpuUsage') return 1;
  const alone = await cpuUsOf(benchmark, repeats);
  const stop = new SharedArrayBuffer(4);
  const worker = new Worker(SPIN, { eval: true, execArgv: [], workerData: stop });
  await new Promise((resolve) => worker.once('message', resolve));
  const beside = await cpuUsOf(benchmark, repeats);
  Atomics.store(new Int32Array(stop), 0, 1);
  await worker.terminate();
  return Math.max(1, beside / alone);
}

async function cpuUsOf({ run, burst }: Benchmark<string>, repeats: number): Promise<number> {
  const clock = openCpuClock();
  const start = await clock.read();
  for (let index = 0; index < repeats * BURSTS_PER_REPEAT; index++) await run(burst);
  const end = await clock.read();
  return end.mainUs - start.mainUs;
}
