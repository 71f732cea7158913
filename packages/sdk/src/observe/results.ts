/**
 * Results that go on after the function returned: thenables, generators, async iterables, streams. The value itself
 * is handed on (same identity, same class, nothing pulled early); its own steps tell when the observation ends.
 */
import type { ObservationHandle } from '../client/observation-handle.js';
import { endWithError } from './failure.js';
import { followAsyncIterable, followIterator, isIterator } from './iterator.js';
import { followNodeStream, isNodeReadable } from './node-stream.js';
import { isPlainPromise, type Loose, tapPromise } from './replace-method.js';
import { followThenable } from './thenable.js';
import { followWebStream } from './web-stream.js';

/** The result, where it goes on and its observation with it; `undefined` where it is complete. Never throws. */
export function followLazyResult(handle: ObservationHandle, result: unknown, capturesOutput: boolean): unknown {
  if (typeof result !== 'object' || result === null) return undefined;
  try {
    return follow(handle, result as Loose, capturesOutput) ? result : undefined;
  } catch {
    // A result whose properties throw when they are looked at is recorded as it is.
    return undefined;
  }
}

/** Follows any result to its end, promises included, and gives back what the caller is to have. Never throws. */
export function followResult(handle: ObservationHandle, result: unknown, capturesOutput: boolean): unknown {
  if (!isPlainPromise(result)) {
    complete(handle, result, capturesOutput);
    return result;
  }
  return tapPromise(
    result,
    (value) => complete(handle, value, capturesOutput),
    (error) => endWithError(handle, error),
  );
}

/** Ends the observation with a value, or follows the value where it goes on. */
function complete(handle: ObservationHandle, value: unknown, capturesOutput: boolean): void {
  if (followLazyResult(handle, value, capturesOutput) !== undefined) return;
  // An output that the function set itself (updateCurrentSpan) is the better one.
  if (capturesOutput && value !== undefined) handle.endWithOutput(value);
  else handle.end();
}

/** False where the result is complete, or does not allow to be followed (frozen). */
function follow(handle: ObservationHandle, result: Loose, capturesOutput: boolean): boolean {
  if (typeof result.then === 'function') {
    return followThenable(handle, result, (value) => complete(handle, value, capturesOutput));
  }
  if (result instanceof ReadableStream) return followWebStream(handle, result, capturesOutput);
  if (isNodeReadable(result)) return followNodeStream(handle, result, capturesOutput);
  if (isIterator(result)) return followIterator(handle, result, capturesOutput);
  if (typeof result[Symbol.asyncIterator] === 'function') return followAsyncIterable(handle, result, capturesOutput);
  return false;
}
