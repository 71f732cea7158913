import { stat } from 'node:fs';
import os from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openRing } from '../ring/layout.js';
import { writeLog } from './log.js';
import type { MaskEngine } from './mask/field-mask.js';
import { PageWarmer } from './page-warmer.js';
import { createPipeline, type Pipeline } from './pipeline.js';
import type { WorkerRequest, WorkerSettings } from './protocol.js';
import type { Transport } from './transport.js';

/** Lower than the application's threads, higher than batch jobs: at 19 an exit on busy cores would wait too long. */
const NICE = 10;

/** What not every worker has. */
export interface WorkerParts {
  readonly openTransport: (settings: WorkerSettings) => Transport;
  readonly maskEngine?: MaskEngine;
}

/** Runs the worker: reads its settings from `workerData`, and ticks until the application says that it closes. */
export function runWorker({ openTransport, maskEngine }: WorkerParts): void {
  const settings = workerData as WorkerSettings;
  const port = parentPort;
  const pipeline = createPipeline(settings, {
    transport: openTransport(settings),
    maskEngine,
    reply: (reply) => port?.postMessage(reply),
  });
  const loop = new Loop(pipeline, settings.drainIntervalMs, () => port?.close());
  port?.on('message', (request: WorkerRequest) => {
    if (request.kind === 'wake') loop.run();
  });
  if (settings.lowerPriority) lowerPriority();
  loop.run();
  if (settings.mask?.moduleUrl !== undefined) void pipeline.ready.then(loop.run);
  warm(new PageWarmer(openRing(settings.shared, settings.capacityBytes)));
}

/** In the gaps of the loop: what is in the ring already comes first. */
function warm(warmer: PageWarmer): void {
  if (warmer.step()) setImmediate(warm, warmer);
}

class Loop {
  readonly #pipeline: Pipeline;
  readonly #intervalMs: number;
  readonly #onDone: () => void;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #hasFailed = false;

  constructor(pipeline: Pipeline, intervalMs: number, onDone: () => void) {
    this.#pipeline = pipeline;
    this.#intervalMs = intervalMs;
    this.#onDone = onDone;
  }

  run = (): void => {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    const hasMore = this.#tick();
    if (this.#pipeline.isDone) this.#onDone();
    else if (hasMore) this.#immediate = setImmediate(this.run);
    else this.#timer = setTimeout(this.run, this.#intervalMs);
  };

  #tick(): boolean {
    try {
      return this.#pipeline.tick();
    } catch (error) {
      // A defect of ours. It must not end the worker, and with it what is held for the next tick; told once.
      if (!this.#hasFailed) writeLog(`a tick of the worker failed: ${error instanceof Error ? error.name : 'unknown'}`);
      this.#hasFailed = true;
      return false;
    }
  }
}

/**
 * On Linux `os.setPriority` changes the calling thread alone. libuv's pool takes the priority of the thread that
 * uses it first, so something else uses it before: the application's files and look-ups would be slowed otherwise.
 */
function lowerPriority(): void {
  stat('.', () => {
    try {
      os.setPriority(0, NICE);
    } catch {
      // Not allowed here (a sandbox): the worker runs at the application's priority, which is slower, not wrong.
    }
  });
}
