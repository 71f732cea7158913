import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FIELD, KIND } from '../src/record/format.js';
import { allocateRing, COUNT, SLOT } from '../src/ring/layout.js';
import type { WorkerReply, WorkerRequest, WorkerSettings } from '../src/worker/protocol.js';
import { startBackend, type TestBackend } from './worker-support/backend.js';
import { encodeRecord, spanId, TestProducer } from './worker-support/record-encoder.js';
import { until } from './worker-support/until.js';

const workers: Worker[] = [];
const backends: TestBackend[] = [];
let source = '';

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL('../src/worker/entry.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['slipstream-source'],
    write: false,
  });
  source = bundle.outputFiles[0]!.text;
});

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
  await Promise.all(backends.splice(0).map((backend) => backend.close()));
});

function startWorker(url: string, overrides: Partial<WorkerSettings> = {}, capacityBytes = 1 << 22) {
  const memory = allocateRing(capacityBytes, 1 << 19);
  const workerData: WorkerSettings = {
    shared: memory.shared,
    capacityBytes: memory.capacityBytes,
    timeOriginMs: performance.timeOrigin,
    url,
    redisModulePath: undefined,
    project: 'default',
    headers: {},
    service: 'thread',
    instanceId: 'instance-1',
    environment: undefined,
    release: undefined,
    version: undefined,
    sdkVersion: '0.0.0-test',
    pid: process.pid,
    drainIntervalMs: 20,
    batchAgeMs: 100,
    retryBufferBytes: 32 * 1024 * 1024,
    lowerPriority: os.platform() === 'linux',
    sharesThread: false,
    ...overrides,
  };
  const worker = new Worker(source, { eval: true, workerData, env: {}, execArgv: [], stdout: true, stderr: true });
  workers.push(worker);
  const errors: unknown[] = [];
  worker.on('error', (error) => errors.push(error));
  const exited = new Promise<number>((resolve) => worker.on('exit', resolve));
  const wake = () => worker.postMessage({ kind: 'wake' } satisfies WorkerRequest);
  return { memory, producer: new TestProducer(memory), worker, exited, errors, wake };
}

/** A backend on a thread of its own, for tests that block this one; answers everything with 200. */
async function startBlockingProofBackend(): Promise<string> {
  const server = new Worker(
    `const http = require('node:http');
     const server = http.createServer((request, response) => { request.resume(); request.on('end', () => response.end()); });
     server.listen(0, '127.0.0.1', () => require('node:worker_threads').parentPort.postMessage(server.address().port));`,
    { eval: true },
  );
  workers.push(server);
  const port = await new Promise<number>((resolve) => server.once('message', resolve));
  return `http://127.0.0.1:${port}`;
}

describe('the worker thread', () => {
  it('polls the ring, delivers, and ends by itself once the application closes', async () => {
    const backend = await startBackend();
    backends.push(backend);
    const { memory, producer, exited, errors } = startWorker(backend.url);
    producer.span({ name: 'from another thread' });
    await until(() => backend.spans.length === 1);
    expect(backend.spans[0]!.name).toBe('from another thread');
    producer.span({ spanId: spanId(2) });
    Atomics.store(memory.slots, SLOT.CLOSING, 1);
    expect(await exited).toBe(0);
    expect(memory.counts[COUNT.DELIVERED]).toBe(2);
    expect(Atomics.load(memory.slots, SLOT.DRAINED)).toBe(1);
    expect(errors).toEqual([]);
  });

  it('gives times of the wall clock, to the millisecond', async () => {
    const backend = await startBackend();
    backends.push(backend);
    const { producer } = startWorker(backend.url);
    const before = Date.now();
    const startMs = performance.now();
    producer.span({ startMs, endMs: performance.now() });
    await until(() => backend.spans.length === 1);
    const started = Number(backend.spans[0]!.startTimeUnixNano / 1_000_000n);
    expect(Math.abs(started - before)).toBeLessThan(50);
  });

  it('answers a flush, woken by it', async () => {
    const backend = await startBackend();
    backends.push(backend);
    // So slow by itself that only the message can have woken it.
    const { memory, producer, worker, wake } = startWorker(backend.url, {
      drainIntervalMs: 60_000,
      batchAgeMs: 60_000,
    });
    await until(() => Atomics.load(memory.slots, SLOT.STARTED) === 1);
    producer.span();
    Atomics.store(memory.slots, SLOT.FLUSH_REQUESTED, 1);
    const reply = new Promise<WorkerReply>((resolve) => worker.once('message', resolve));
    wake();
    expect(await reply).toEqual({ kind: 'flushed', sequence: 1 });
    expect(backend.spans).toHaveLength(1);
  });

  it('delivers while the application waits for it in its exit handler', async () => {
    const url = await startBlockingProofBackend();
    const { memory, producer } = startWorker(url, {}, 1 << 24);
    const record = encodeRecord({ kind: KIND.END, fields: [[FIELD.OUTPUT, 'y'.repeat(200)]] });
    for (let index = 0; index < 10_000; index++) producer.write(record);
    Atomics.store(memory.slots, SLOT.CLOSING, 1);
    const end = performance.now() + 12_000;
    let signs = 0;
    // As the application does it: no event loop, and every sign of life ends a wait.
    while (Atomics.load(memory.slots, SLOT.DRAINED) === 0 && performance.now() < end) {
      const seen = Atomics.load(memory.slots, SLOT.PROGRESS);
      if (Atomics.wait(memory.slots, SLOT.PROGRESS, seen, 1_000) !== 'timed-out') signs++;
    }
    expect(memory.counts[COUNT.DELIVERED]).toBe(10_000);
    expect(signs).toBeGreaterThan(1);
  });

  it('loses nothing to a producer and a ring that turns many times', async () => {
    const backend = await startBackend();
    backends.push(backend);
    const { memory, producer } = startWorker(backend.url, { drainIntervalMs: 1, batchAgeMs: 5 }, 1 << 16);
    let written = 0;
    await until(() => {
      while (written < 2_000 && producer.span({ spanId: spanId(written), fields: [[FIELD.INPUT, { n: written }]] })) {
        written++;
      }
      return written === 2_000 && memory.counts[COUNT.DELIVERED] === 2_000;
    }, 12_000);
    expect(new Set(backend.spans.map((span) => span.spanId)).size).toBe(2_000);
    expect(memory.counts[COUNT.DROPPED_ENCODE_ERROR]).toBe(0);
  });
});
