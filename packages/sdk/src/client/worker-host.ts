import { workerSource } from '#worker-source';
import { fullAtOnce, loadFull } from '../full/load.js';
import type { RingMemory } from '../ring/layout.js';
import { SLOT } from '../ring/layout.js';
import { builtin, warn } from '../runtime.js';
import type { WorkerReply, WorkerRequest, WorkerSettings } from '../worker/protocol.js';
import { FlushWaits } from './flush-waits.js';
import type { Host } from './host.js';
import { bookWhatDied } from './ring-census.js';
import { handedOverAndUndecided, undecidedScores } from './stats.js';

type Worker = import('node:worker_threads').Worker;

const WAKE: WorkerRequest = { kind: 'wake' };

/** How long one wait for a sign of life lasts at exit, before the deadline is looked at again. */
const EXIT_SLICE_MS = 50;

/** How many times its timeout the wait at exit lasts at most, as long as spans are acknowledged meanwhile. */
const MAX_EXIT_WAIT_FACTOR = 10;

/** A worker that dies again and again (no memory) is not worth more. */
const MAX_RESTARTS = 3;

/** A worker that lived this long did its work: what ended it is no reason to give up sooner the next time. */
const HEALTHY_MS = 10 * 60_000;

export interface WorkerEvents {
  /** A new worker begins, which knows nothing of what the old one was told. */
  readonly onRestart: () => void;
  /** No worker ever came to run: this environment has none to give. */
  readonly onUnusable: (reason: string) => void;
}

/** The worker as the application's thread sees it. */
export class WorkerHost implements Host {
  readonly runsWhileBlocked = true;
  readonly #memory: RingMemory;
  readonly #settings: WorkerSettings;
  readonly #events: WorkerEvents;
  readonly #flushes: FlushWaits;
  /** What the worker runs; nothing while it is being loaded. */
  #source: string | undefined;
  #isLoading = false;
  #worker: Worker | undefined;
  #startedAtMs = 0;
  #restarts = 0;
  #lastError: unknown;

  /** @throws where the runtime has no workers, or does not allow one. */
  constructor(memory: RingMemory, settings: WorkerSettings, events: WorkerEvents) {
    this.#memory = memory;
    this.#settings = settings;
    this.#events = events;
    this.#flushes = new FlushWaits(memory, () => this.#worker?.unref());
    this.#source = needsFull(settings) ? fullAtOnce()?.workerSource : workerSource;
    if (this.#source === undefined) void this.#load();
    else this.#start(this.#source);
  }

  wake = (): void => {
    this.#worker?.postMessage(WAKE);
  };

  flush(timeoutMs: number): Promise<void> {
    if (this.#worker === undefined && !this.#isLoading) return Promise.resolve();
    const sequence = this.#requestFlush();
    // Awaiting a flush is the one thing for which the worker keeps the process alive.
    this.#worker?.ref();
    return this.#flushes.wait(sequence, timeoutMs);
  }

  close(): void {
    Atomics.store(this.#memory.slots, SLOT.CLOSING, 1);
    this.#requestFlush();
  }

  /** A backend that is slow but takes what it gets is worth waiting for; {@link MAX_EXIT_WAIT_FACTOR} bounds that, too. */
  waitUntilDrained(timeoutMs: number, whileWaiting: () => void): void {
    const { slots, counts } = this.#memory;
    const begunMs = performance.now();
    let deadlineMs = begunMs + timeoutMs;
    let undecided = Number.POSITIVE_INFINITY;
    while (this.#worker !== undefined && Atomics.load(slots, SLOT.DRAINED) === 0) {
      const nowMs = performance.now();
      if (nowMs >= deadlineMs) return;
      const seen = Atomics.load(slots, SLOT.PROGRESS);
      Atomics.wait(slots, SLOT.PROGRESS, seen, Math.min(deadlineMs - nowMs, EXIT_SLICE_MS));
      const left = handedOverAndUndecided(counts) + undecidedScores(counts);
      if (left < undecided)
        deadlineMs = Math.min(performance.now(), begunMs + timeoutMs * (MAX_EXIT_WAIT_FACTOR - 1)) + timeoutMs;
      undecided = Math.min(undecided, left);
      whileWaiting();
    }
  }

  #requestFlush(): number {
    const sequence = this.#flushes.ask();
    this.wake();
    return sequence;
  }

  /** In a bundle what is apart comes later; the ring keeps what is handed over meanwhile. */
  async #load(): Promise<void> {
    this.#isLoading = true;
    this.#source = (await loadFull())?.workerSource;
    this.#isLoading = false;
    try {
      if (this.#source === undefined) this.#events.onUnusable('the worker for masks and Redis is missing');
      else this.#start(this.#source);
    } catch (error) {
      this.#events.onUnusable(error instanceof Error ? error.message : String(error));
    }
    if (this.#worker === undefined) this.#flushes.giveUp();
  }

  #start(source: string): void {
    const threads = builtin('node:worker_threads');
    if (threads === undefined) throw new TypeError('this runtime has no worker threads');
    const worker = new threads.Worker(source, {
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
      if (reply.kind === 'flushed') this.#flushes.answered(reply.sequence);
    });
    worker.on('error', (error) => {
      this.#lastError = error;
    });
    worker.on('exit', () => this.#ended(worker));
    // Last: a listener for messages makes the worker count as work to wait for again.
    if (this.#flushes.isIdle) worker.unref();
    this.#worker = worker;
    this.#startedAtMs = performance.now();
  }

  /** A worker that ends while it is needed is started again a few times; after that the ring fills, spans are dropped and counted. */
  #ended(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    if (Atomics.load(this.#memory.slots, SLOT.DRAINED) === 0) this.#died();
    // Whoever waits goes on waiting for the next worker, which finds in the ring what it was asked for.
    if (this.#worker === undefined) this.#flushes.giveUp();
  }

  #died(): void {
    bookWhatDied(this.#memory);
    if (performance.now() - this.#startedAtMs >= HEALTHY_MS) this.#restarts = 0;
    const isLast = this.#restarts === MAX_RESTARTS;
    const reason = this.#lastError instanceof Error ? this.#lastError.message : 'it was ended from outside';
    const consequence = isLast ? 'for the last time; what follows is dropped and counted' : 'and is started again';
    this.#lastError = undefined;
    if (isLast && Atomics.load(this.#memory.slots, SLOT.STARTED) === 0) {
      this.#events.onUnusable('none of those that were started came to run');
      return;
    }
    warn(`Slipstream's worker stopped (${reason}), ${consequence}.`, 'SLIPSTREAM_WORKER_STOPPED');
    if (isLast) return;
    this.#restarts += 1;
    this.#events.onRestart();
    this.#restart();
  }

  #restart(): void {
    try {
      if (this.#source !== undefined) this.#start(this.#source);
    } catch (error) {
      // What a new worker needs (memory, threads, permission) has gone meanwhile: as if it had died for the last time.
      const reason = error instanceof Error ? error.message : String(error);
      warn(`Slipstream's worker cannot be started again: ${reason}.`, 'SLIPSTREAM_WORKER_STOPPED');
    }
  }
}

/** Nearly no application masks or has a Redis between, so what this takes is not in the worker that all others have. */
function needsFull({ mask, url }: WorkerSettings): boolean {
  return mask !== undefined || /^rediss?:/i.test(url);
}
