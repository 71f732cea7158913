import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { StoreError } from '../errors.js';
import type { StoreCalls, StoreFault, StoreMethod, StoreReply, StoreRequest } from './protocol.js';

interface PendingCall {
  resolve(value: unknown): void;
  reject(error: StoreError): void;
}

/** One life of the store's thread, seen from the main thread. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PendingCall>();
  /** Resolves when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>;
  #lastId = 0;
  #isAlive = true;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (message: StoreReply) => this.#receive(message));
    // The exit that follows an error is what fails the calls; without a listener the error would end the process.
    worker.on('error', (error) => this.#end(error));
    this.ended = once(worker, 'exit').then(
      () => this.#end(undefined),
      (error: unknown) => this.#end(error),
    );
  }

  /** @throws StoreError why the database cannot be opened */
  static async open(
    workerUrl: URL,
    settings: object,
    onWorker: ((worker: Worker) => void) | undefined,
  ): Promise<StoreThread> {
    const worker = new Worker(workerUrl, {
      name: 'slipstream-store',
      workerData: settings,
      // The parent's flags and preloads (a tracer among them) are not for this thread.
      execArgv: [],
      env: {},
      // The spans of a batch live as long as its transaction. With V8's usual nursery they are copied twice and
      // promoted; with this one intake takes a quarter less time.
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
    });
    onWorker?.(worker);
    const thread = new StoreThread(worker);
    await thread.#untilReady();
    return thread;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  call<Method extends StoreMethod>(
    method: Method,
    args: StoreCalls[Method]['args'],
  ): Promise<StoreCalls[Method]['result']> {
    if (!this.#isAlive) return Promise.reject(workerDied());
    this.#lastId += 1;
    const request: StoreRequest = { id: this.#lastId, method, args };
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { resolve: resolve as PendingCall['resolve'], reject });
      this.#worker.postMessage(request);
    });
  }

  /**
   * Lets the process end without this thread. It is not terminated: a thread that is stopped inside a call of the engine
   * takes the process down with it.
   */
  abandon(): void {
    this.#worker.unref();
  }

  #untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const first = (message: StoreReply): void => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'failed') reject(toError(message.fault));
      };
      this.#worker.once('message', first);
      this.#worker.once('error', (error) => {
        reject(
          new StoreError('store_open_failed', `the store's thread did not start: ${error.message}`, { cause: error }),
        );
      });
      this.#worker.once('exit', () => reject(workerDied()));
    });
  }

  #receive(message: StoreReply): void {
    if (message.kind !== 'result' && message.kind !== 'error') return;
    const call = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === 'result') call?.resolve(message.value);
    else call?.reject(toError(message.fault));
  }

  #end(cause: unknown): void {
    this.#isAlive = false;
    for (const call of this.#pending.values()) call.reject(workerDied(cause));
    this.#pending.clear();
  }
}

function toError({ code, message }: StoreFault): StoreError {
  return new StoreError(code, message);
}

function workerDied(cause?: unknown): StoreError {
  return new StoreError('store_worker_died', "the store's thread ended; it is started again with the next call", {
    cause,
  });
}
