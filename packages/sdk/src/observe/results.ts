/**
 * Results that go on after the function returned: thenables, generators, async iterables, streams. The value itself
 * is handed on (same identity, same class, nothing pulled early); its own steps tell when the observation ends.
 */
import type { Readable } from 'node:stream';
import type { ObservationHandle } from '../client/observation-handle.js';
import { processState } from '../context/active-span.js';
import { Collected } from './collected.js';
import { endWithError } from './failure.js';
import { observeWebStream } from './web-stream.js';

type Method = (...args: unknown[]) => unknown;
type Loose = Record<PropertyKey, unknown>;

/** What to hand to the caller instead of ending the observation now; `undefined` when the result is complete. */
export function followLazyResult(handle: ObservationHandle, result: unknown, capturesOutput: boolean): unknown {
  if (typeof result !== 'object' || result === null) return undefined;
  try {
    return follow(handle, result as Loose, capturesOutput);
  } catch {
    // A result whose properties throw when they are looked at is recorded as it is.
    return undefined;
  }
}

function follow(handle: ObservationHandle, result: Loose, capturesOutput: boolean): unknown {
  if (typeof result.then === 'function') return followThenable(handle, result, capturesOutput);
  if (result instanceof ReadableStream) return observeWebStream(handle, result, capturesOutput);
  if (isNodeReadable(result)) return followNodeStream(handle, result, capturesOutput);
  if (isGenerator(result)) return followIterator(handle, result, capturesOutput) ? result : undefined;
  if (typeof result[Symbol.asyncIterator] === 'function') return followAsyncIterable(handle, result, capturesOutput);
  return undefined;
}

/** Lazy thenables (query builders) and promises with methods of their own must stay what they are. */
function followThenable(handle: ObservationHandle, result: Loose, capturesOutput: boolean): unknown {
  const original = result.then as Method;
  const replaced = replaceMethod(result, 'then', (onValue: unknown, onError: unknown) =>
    Reflect.apply(original, result, [
      (value: unknown) => {
        if (capturesOutput) handle.endWithOutput(value);
        else handle.end();
        return typeof onValue === 'function' ? onValue(value) : value;
      },
      (error: unknown) => {
        endWithError(handle, error);
        if (typeof onError === 'function') return onError(error);
        throw error;
      },
    ]),
  );
  return replaced ? result : undefined;
}

function isGenerator(value: Loose): boolean {
  return (
    typeof value.next === 'function' &&
    (typeof value[Symbol.iterator] === 'function' || typeof value[Symbol.asyncIterator] === 'function')
  );
}

/** Each step runs with the observation active, so that what the generator's body does nests below it. */
function followIterator(handle: ObservationHandle, iterator: Loose, capturesOutput: boolean): boolean {
  const collected = new Collected(capturesOutput);
  const onStep = (step: unknown): void => {
    const { done, value } = (step ?? {}) as IteratorResult<unknown>;
    if (done === true) collected.end(handle, value);
    else collected.add(value);
  };
  for (const name of ['next', 'return', 'throw']) {
    const original = iterator[name];
    if (typeof original !== 'function') continue;
    const stepped = (...args: unknown[]): unknown => {
      let step: unknown;
      try {
        step = processState.storage.run(handle, Reflect.apply, original as Method, iterator, args);
      } catch (error) {
        endWithError(handle, error);
        throw error;
      }
      if (step instanceof Promise) return observeStep(handle, step, onStep);
      onStep(step);
      return step;
    };
    if (!replaceMethod(iterator, name, stepped)) return false;
  }
  return true;
}

function observeStep(
  handle: ObservationHandle,
  step: Promise<unknown>,
  onStep: (step: unknown) => void,
): Promise<unknown> {
  return step.then(
    (value) => {
      onStep(value);
      return value;
    },
    (error: unknown) => {
      endWithError(handle, error);
      throw error;
    },
  );
}

function followAsyncIterable(handle: ObservationHandle, iterable: Loose, capturesOutput: boolean): unknown {
  const original = iterable[Symbol.asyncIterator] as Method;
  const replaced = replaceMethod(iterable, Symbol.asyncIterator, (...args: unknown[]) => {
    const iterator = Reflect.apply(original, iterable, args) as Loose;
    if (typeof iterator === 'object' && iterator !== null) followIterator(handle, iterator, capturesOutput);
    return iterator;
  });
  return replaced ? iterable : undefined;
}

function isNodeReadable(value: Loose): value is Loose & Readable {
  return typeof value.pipe === 'function' && typeof value.on === 'function' && typeof value.read === 'function';
}

/** Listens only to events that change nothing: a 'data' listener would start the flow, an 'error' one hide a crash. */
function followNodeStream(handle: ObservationHandle, stream: Loose & Readable, capturesOutput: boolean): unknown {
  const collected = new Collected(capturesOutput);
  const push = stream.push as Method;
  replaceMethod(stream, 'push', (...args: unknown[]) => {
    if (args[0] !== null) collected.add(args[0]);
    return Reflect.apply(push, stream, args);
  });
  stream.once('end', () => collected.end(handle, undefined));
  stream.once('close', () => {
    const error: unknown = stream.errored;
    if (error) endWithError(handle, error);
    else collected.end(handle, undefined);
  });
  return stream;
}

/** False where the object does not allow it (frozen): then the observation ends at once. */
function replaceMethod(target: object, name: PropertyKey, value: Method): boolean {
  return Reflect.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}
