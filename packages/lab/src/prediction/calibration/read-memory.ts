import { Worker } from 'node:worker_threads';

/**
 * Copies what was written, whenever it is told how far that goes: as text, into a body, into the kernel, and out of it in
 * another process, as happens while the application rests. All of it takes from the caches.
 */
const READER = `
const { parentPort, workerData } = require('node:worker_threads');
const words = new Int32Array(workerData);
const bytes = new Uint8Array(workerData);
const copies = new Uint8Array(4 * bytes.length);
parentPort.postMessage('ready');
for (let seen = 0, at = 0; ; ) {
  Atomics.wait(words, 0, seen);
  seen = Atomics.load(words, 0);
  if (seen < 0) break;
  const end = Atomics.load(words, 1);
  for (let times = 0; times < 4; times++) {
    if (at + end > copies.length) at = 0;
    copies.set(bytes.subarray(64, end), at);
    at += end;
  }
}
`;

/** Control words stand before what is written. */
const CONTROL_BYTES = 64;

/**
 * Memory of a ring: written by this thread, and read by another before it is written again. On most machines its lines
 * then belong to the other's cache, and writing fetches them back.
 */
export interface ReadMemory {
  readonly bytes: Buffer;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** Lets the other thread read so many bytes from the front. */
  letRead(lengthBytes: number): void;
  close(): Promise<unknown>;
}

/** Allocates it and starts the other thread. */
export async function openReadMemory(capacityBytes: number): Promise<ReadMemory> {
  const shared = new SharedArrayBuffer(CONTROL_BYTES + capacityBytes);
  const control = new Int32Array(shared, 0, CONTROL_BYTES / 4);
  const worker = new Worker(READER, { eval: true, execArgv: [], workerData: shared });
  await new Promise((resolve) => worker.once('message', resolve));
  const ask = (times: number): void => {
    Atomics.store(control, 0, times);
    Atomics.notify(control, 0);
  };
  return {
    bytes: Buffer.from(shared, CONTROL_BYTES, capacityBytes),
    words: new Int32Array(shared, CONTROL_BYTES),
    doubles: new Float64Array(shared, CONTROL_BYTES),
    letRead(lengthBytes) {
      Atomics.store(control, 1, CONTROL_BYTES + Math.min(lengthBytes, capacityBytes));
      ask(Atomics.load(control, 0) + 1);
    },
    close() {
      ask(-1);
      return worker.terminate();
    },
  };
}
