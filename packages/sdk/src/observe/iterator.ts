import type { ObservationHandle } from '../client/observation-handle.js';
import { processState } from '../context/active-span.js';
import { Collected } from './collected.js';
import { endWithError } from './failure.js';
import { isPromise, type Loose, type Method, replaceMethod, tapPromise } from './replace-method.js';

export function isIterator(value: Loose): boolean {
  return (
    typeof value.next === 'function' &&
    (typeof value[Symbol.iterator] === 'function' || typeof value[Symbol.asyncIterator] === 'function')
  );
}

/**
 * Follows a generator, or any other iterator, in place. Each step runs with the observation active, so that what the
 * generator's body does nests below it, whoever asks for the step.
 */
export function followIterator(handle: ObservationHandle, iterator: Loose, capturesOutput: boolean): boolean {
  return new Steps(handle, new Collected(handle, iterator, capturesOutput)).follow(iterator);
}

/** An object that can be iterated asynchronously and has further methods, such as the stream of an LLM library. */
export function followAsyncIterable(handle: ObservationHandle, iterable: Loose, capturesOutput: boolean): boolean {
  const original = iterable[Symbol.asyncIterator] as Method;
  const collected = new Collected(handle, iterable, capturesOutput);
  return replaceMethod(iterable, Symbol.asyncIterator, function (this: unknown, ...args: unknown[]) {
    const iterator = Reflect.apply(original, this, args);
    // Iterated a second time, it gives what the observation has already seen.
    if (!handle.ended) followInner(new Steps(handle, collected), iterator);
    return iterator;
  });
}

function followInner(steps: Steps, iterator: unknown): void {
  try {
    if (typeof iterator === 'object' && iterator !== null) steps.follow(iterator as Loose);
  } catch {
    // An iterator whose properties throw is the caller's to meet, not ours.
  }
}

/** What the steps of one iterator say about its observation. */
class Steps {
  readonly #handle: ObservationHandle;
  readonly #collected: Collected;
  #isStepping = false;

  constructor(handle: ObservationHandle, collected: Collected) {
    this.#handle = handle;
    this.#collected = collected;
  }

  follow(iterator: Loose): boolean {
    return ['next', 'return', 'throw'].every((name) => {
      const original = iterator[name];
      return typeof original !== 'function' || replaceMethod(iterator, name, this.#stepping(original as Method));
    });
  }

  #stepping(original: Method): Method {
    const steps = this;
    return function (this: unknown, ...args: unknown[]): unknown {
      // A generator that steps itself gets the error that it would get anyway, and goes on.
      return steps.#isStepping ? Reflect.apply(original, this, args) : steps.#step(original, this, args);
    };
  }

  #step(original: Method, self: unknown, args: unknown[]): unknown {
    let step: unknown;
    this.#isStepping = true;
    try {
      step = processState.storage.run(this.#handle, Reflect.apply, original, self, args);
    } catch (error) {
      endWithError(this.#handle, error);
      throw error;
    } finally {
      this.#isStepping = false;
    }
    if (isPromise(step)) return tapPromise(step, this.#onStep, (error) => endWithError(this.#handle, error));
    this.#onStep(step);
    return step;
  }

  readonly #onStep = (step: unknown): void => {
    try {
      const { done, value } = step as IteratorResult<unknown>;
      if (done) this.#collected.end(value);
      else this.#collected.add(value);
    } catch {
      // No object, or one whose properties throw: its consumer will meet that itself.
    }
  };
}
