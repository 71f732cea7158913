import { Worker } from 'node:worker_threads';
import { openCpuClock } from '../../sample/cpu-clock.js';
import { median } from '../../statistics/quantile.js';
import type { Benchmark } from './benchmark.js';

/** Waits while the second word is 0; else it does what an encoding thread does: reads texts, makes texts, writes bytes. */
const SPIN = `
const { parentPort, workerData } = require('node:worker_threads');
const words = new Int32Array(workerData);
const bytes = Buffer.alloc(256 * 1024);
const span = { name: 'step', id: 1, attributes: [{ key: 'input', value: 'a text of some length' }] };
parentPort.postMessage('ready');
for (let turn = 1, at = 0; Atomics.load(words, 0) === 0; turn++) {
  Atomics.wait(words, 1, 0);
  span.id = turn;
  at = at > 128 * 1024 ? 0 : at + bytes.write(JSON.stringify(span), at);
  if (bytes.latin1Slice(0, 64) === '') break;
}
`;

const BURSTS_PER_TURN = 60;
const TURNS = 7;

/**
 * How many times as much CPU operations take while another thread of this process works without a pause: CPU and not
 * time, since waiting for a core is no part of it. Both are measured in turns. 1 where only the CPU of all threads
 * together can be read.
 */
export async function measureBeside(benchmark: Benchmark<string>): Promise<number> {
  if (openCpuClock().source === 'process.cpuUsage') return 1;
  const shared = new SharedArrayBuffer(8);
  const words = new Int32Array(shared);
  const worker = new Worker(SPIN, { eval: true, execArgv: [], workerData: shared });
  await new Promise((resolve) => worker.once('message', resolve));
  const ratios: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const aloneUs = await cpuUsOf(benchmark);
    Atomics.store(words, 1, 1);
    Atomics.notify(words, 1);
    const besideUs = await cpuUsOf(benchmark);
    Atomics.store(words, 1, 0);
    ratios.push(besideUs / aloneUs);
  }
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 1);
  await worker.terminate();
  return Math.max(1, median(ratios));
}

async function cpuUsOf({ run, burst }: Benchmark<string>): Promise<number> {
  const clock = openCpuClock();
  const start = await clock.read();
  for (let index = 0; index < BURSTS_PER_TURN; index++) await run(burst);
  const end = await clock.read();
  return end.mainUs - start.mainUs;
}
