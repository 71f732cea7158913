import { Recorder } from '../src/client/recorder.js';
import { maxRecordBytes } from '../src/record/record-writer.js';
import { allocateRing, type RingMemory, SLOT } from '../src/ring/layout.js';
import { RingWriter } from '../src/ring/ring-writer.js';

/** One thing that is timed. */
export interface Stage {
  readonly name: string;
  /** Does it `count` times. */
  run(count: number): void | Promise<void>;
  /** How many of what the name says one time makes. @default 1 */
  readonly partsPerRun?: number;
}

const CAPTURE_BYTES = 256 * 1024;

export interface BenchRing {
  readonly memory: RingMemory;
  readonly ring: RingWriter;
  readonly recorder: Recorder;
  /** What a worker does in time: gives all room back. */
  empty(): void;
}

/** A ring of the default size whose worker is always in time, every page of it touched. */
export function openBenchRing(): BenchRing {
  const memory = allocateRing(16 * 1024 * 1024, maxRecordBytes(CAPTURE_BYTES));
  new Uint8Array(memory.shared).fill(0, 512);
  const ring = new RingWriter(memory, () => undefined);
  return {
    memory,
    ring,
    recorder: new Recorder(ring, CAPTURE_BYTES, 1),
    empty: () => Atomics.store(memory.slots, SLOT.READ_POSITION, Atomics.load(memory.slots, SLOT.WRITE_POSITION)),
  };
}

/** Runs `body` and lets the worker catch up often enough that the ring never fills. */
export function repeat(ring: BenchRing, count: number, body: (index: number) => void): void {
  for (let index = 0; index < count; index++) {
    body(index);
    if ((index & 7) === 0) ring.empty();
  }
}
