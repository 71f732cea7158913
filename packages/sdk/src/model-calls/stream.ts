import { isThenable, type LooseObject, looseObject, type Method, replaceMethod } from './loose-object.js';
import { type ModelCall, Reading } from './model-call.js';

/** Whether the value is an answer that comes piece by piece. */
export function isStream(value: unknown): value is LooseObject {
  return typeof looseObject(value)?.[Symbol.asyncIterator] === 'function';
}

/**
 * Watches a stream being read: by its own `iterator`, through which the libraries' streams do everything (iteration,
 * `tee`, `toReadableStream`), so that it stays the object it is and nothing is read before its reader reads.
 */
export function followStream(call: ModelCall, stream: LooseObject): void {
  call.collector = call.endpoint.openCollector(call.capturesOutput);
  const watch = new StreamWatch(call, looseObject(stream.controller)?.signal);
  const name = typeof stream.iterator === 'function' ? 'iterator' : Symbol.asyncIterator;
  if (!replaceMethod(stream, name, watchedIterator(watch, stream, stream[name] as Method))) call.end();
}

/** Only what this returns holds the reading, which ends the observation if it is dropped. */
function watchedIterator(watch: StreamWatch, stream: LooseObject, open: Method): Method {
  const reading = new Reading(watch.call);
  return (...args) => {
    const iterator = Reflect.apply(open, stream, args);
    // A second one finds the stream consumed; that error is its own.
    if (!reading.hasBegun) watchSteps(watch, reading, iterator);
    return iterator;
  };
}

/** Replaces the steps of the iterator itself, which stays what the library made. */
function watchSteps(watch: StreamWatch, reading: Reading, opened: unknown): void {
  const iterator = looseObject(opened);
  if (iterator === undefined) return;
  reading.hasBegun = true;
  for (const name of ['next', 'return', 'throw']) {
    const step = iterator[name];
    if (typeof step !== 'function') continue;
    const onStep = name === 'return' ? watch.onReturn : watch.onStep;
    replaceMethod(iterator, name, (...args) => {
      // Read here so that the iterator keeps the reading alive.
      if (reading.call.ended) return Reflect.apply(step, iterator, args);
      watch.stepBegins(name);
      const result = Reflect.apply(step, iterator, args);
      return isThenable(result) ? result.then(onStep, watch.onError) : onStep(result);
    });
  }
}

/** The state of one stream; its methods are closures made once, because they are called for every chunk. */
class StreamWatch {
  readonly call: ModelCall;
  readonly #signal: LooseObject | undefined;
  /** Steps begun and not settled. */
  #pending = 0;
  #isClosing = false;

  constructor(call: ModelCall, signal: unknown) {
    this.call = call;
    this.#signal = looseObject(signal);
    if (signal instanceof AbortSignal) signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  stepBegins(name: string): void {
    this.#pending++;
    if (name !== 'next') this.#isClosing = true;
  }

  onStep = (step: unknown): unknown => {
    this.#pending--;
    const { call } = this;
    if (call.ended) return step;
    try {
      const { done, value } = step as IteratorResult<unknown>;
      if (done === true) this.#endWhole();
      else this.#add(value);
    } catch {
      // A chunk that cannot be read is left out of the record.
    }
    return step;
  };

  onReturn = (step: unknown): unknown => {
    this.#pending--;
    this.call.endEarly('DEFAULT', 'the stream was not read to its end');
    return step;
  };

  onError = (error: unknown): never => {
    this.#pending--;
    this.call.fail(error);
    throw error;
  };

  #add(chunk: unknown): void {
    const { call } = this;
    const fields = looseObject(chunk);
    if (fields !== undefined && call.collector?.add(fields) === true && !call.hasFirstToken) call.markFirstToken();
  }

  #endWhole(): void {
    // The libraries end an aborted stream as if it were whole.
    if (this.#signal?.aborted === true) this.call.endEarly('WARNING', 'aborted');
    else this.call.end(this.call.partialAnswer());
  }

  /** While a step is under way the library itself may have aborted: the step will tell how it ended. */
  #onAbort = (): void => {
    if (this.#pending === 0 && !this.#isClosing) this.call.endEarly('WARNING', 'aborted');
  };
}
