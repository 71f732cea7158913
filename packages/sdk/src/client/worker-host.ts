import { Worker } from 'node:worker_threads';
import { workerSource } from '#worker-source';
import type { RingMemory } from '../ring/layout.js';
import { COUNT, SLOT } from '../ring/layout.js';
import type { WorkerReply, WorkerRequest, WorkerSettings } from '../worker/protocol.js';
import { handedOverAndUndecided, takenAndUndecided } from './stats.js';

const WAKE: WorkerRequest = { kind: 'wake' };

/** How long one wait for a sign of life lasts at exit, before the deadline is looked at again. */
const EXIT_SLICE_MS = 50;

/** How many times its timeout the wait at exit lasts at most, as long as spans are acknowledged meanwhile. */
const MAX_EXIT_WAIT_FACTOR = 10;

/** A worker that dies again and again (no memory) is not worth more. */
const MAX_RESTARTS = 3;

/**
 * The worker as the application's thread sees it. It never keeps the process alive, except while somebody awaits
 * a flush.
 */
export class WorkerHost {
  readonly #memory: RingMemory;
  readonly #settings: WorkerSettings;
  #worker: Worker | undefined;
  #flushes: { sequence: number; resolve: () => void }[] = [];
  #sequence = 0;
  #restarts = 0;
  /** Called when a new worker begins, which knows nothing of what the old one was told. */
  onRestart: () => void = () => undefined;

  constructor(memory: RingMemory, settings: WorkerSettings) {
    this.#memory = memory;
    this.#settings = settings;
    this.#start();
  }

  wake = (): void => {
    this.#worker?.postMessage(WAKE);
  };

  /** Resolves when all that was handed over before is delivered or dropped, or after `timeoutMs`. Never rejects. */
  flush(timeoutMs: number): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.resolve();
    const sequence = this.#requestFlush();
    // Awaiting a flush is the one thing for which the worker keeps the process alive.
    worker.ref();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle((other) => other === sequence), timeoutMs);
      this.#flushes.push({
        sequence,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      });
    });
  }

  /** Says that no more records come; the worker delivers the rest and ends. */
  close(): void {
    Atomics.store(this.#memory.slots, SLOT.CLOSING, 1);
    this.#requestFlush();
  }

  /**
   * Blocks until the worker has nothing left to deliver, or nothing was acknowledged for `timeoutMs`. A backend that
   * is slow but takes what it gets is worth waiting for; {@link MAX_EXIT_WAIT_FACTOR} bounds that, too.
   */
  waitUntilDrained(timeoutMs: number): void {
    const { slots, counts } = this.#memory;
    const begunMs = performance.now();
    let deadlineMs = begunMs + timeoutMs;
    let undecided = Number.POSITIVE_INFINITY;
    while (this.#worker !== undefined && Atomics.load(slots, SLOT.DRAINED) === 0) {
      const nowMs = performance.now();
      if (nowMs >= deadlineMs) return;
      const seen = Atomics.load(slots, SLOT.PROGRESS);
      Atomics.wait(slots, SLOT.PROGRESS, seen, Math.min(deadlineMs - nowMs, EXIT_SLICE_MS));
      const left = handedOverAndUndecided(counts);
      if (left < undecided)
        deadlineMs = Math.min(performance.now(), begunMs + timeoutMs * (MAX_EXIT_WAIT_FACTOR - 1)) + timeoutMs;
      undecided = Math.min(undecided, left);
    }
  }

  #requestFlush(): number {
    this.#sequence += 1;
    Atomics.store(this.#memory.slots, SLOT.FLUSH_REQUESTED, this.#sequence);
    this.wake();
    return this.#sequence;
  }

  #start(): void {
    const worker = new Worker(workerSource, {
      eval: true,
      name: 'slipstream',
      workerData: this.#settings,
      // Preloads named in NODE_OPTIONS or execArgv would run in the worker too, and could configure tracing again.
      env: {},
      execArgv: [],
      // Halves the time of this constructor; the worker writes its few lines to the descriptor itself.
      stdout: true,
      stderr: true,
    });
    worker.on('message', (reply: WorkerReply) => {
      if (reply.kind === 'flushed') this.#settle((sequence) => sequence <= reply.sequence);
    });
    worker.on('error', (error) => this.#died(error));
    worker.on('exit', () => this.#ended(worker));
    // Last: a listener for messages makes the worker count as work to wait for again.
    worker.unref();
    this.#worker = worker;
  }

  /** Answers the flushes whose number is meant; those that wait longer go on waiting. */
  #settle(isMeant: (sequence: number) => boolean): void {
    const done = this.#flushes.filter(({ sequence }) => isMeant(sequence));
    this.#flushes = this.#flushes.filter((flush) => !done.includes(flush));
    for (const flush of done) flush.resolve();
    if (this.#flushes.length === 0) this.#worker?.unref();
  }

  #died(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(`Slipstream's worker stopped: ${reason}.`, { code: 'SLIPSTREAM_WORKER_STOPPED' });
  }

  /** A worker that ends while it is needed is started again a few times; after that the ring fills, spans are dropped and counted. */
  #ended(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const closing = Atomics.load(this.#memory.slots, SLOT.CLOSING) === 1;
    if (!closing) {
      const { counts } = this.#memory;
      counts[COUNT.DROPPED_WORKER_STOPPED] = (counts[COUNT.DROPPED_WORKER_STOPPED] ?? 0) + takenAndUndecided(counts);
    }
    if (!closing && this.#restarts < MAX_RESTARTS) {
      this.#restarts += 1;
      this.onRestart();
      this.#start();
    }
    this.#settle(() => true);
  }
}
