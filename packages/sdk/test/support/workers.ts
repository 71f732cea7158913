import type { Worker } from 'node:worker_threads';

/** The workers that begin while a test runs, the newest last. */
export class WorkerWatch {
  readonly started: Worker[] = [];
  readonly #listener = (worker: Worker): void => void this.started.push(worker);

  constructor() {
    process.on('worker', this.#listener);
  }

  get newest(): Worker {
    const worker = this.started.at(-1);
    if (worker === undefined) throw new Error('no worker has started');
    return worker;
  }

  close(): void {
    process.off('worker', this.#listener);
  }
}
