import type { ObservationHandle } from '../client/observation-handle.js';
import { watchAbandoned } from './abandoned.js';
import { endWithError } from './failure.js';
import { type Loose, type Method, replaceMethod } from './replace-method.js';

/**
 * Follows a promise of another class, or a lazy thenable such as a query builder, in place: nothing is started, and
 * it keeps its own methods. Its observation ends when somebody's `then` is told the outcome.
 *
 * @param onValue told the value that the first `then` gave.
 */
export function followThenable(handle: ObservationHandle, thenable: Loose, onValue: (value: unknown) => void): boolean {
  const original = thenable.then as Method;
  const settle = once(onValue);
  watchAbandoned(handle, thenable);
  return replaceMethod(thenable, 'then', function (this: unknown, ...[onDone, onFailed, ...rest]: unknown[]) {
    const done = (value: unknown): unknown => {
      settle(value);
      return typeof onDone === 'function' ? onDone(value) : value;
    };
    const failed = (error: unknown): unknown => {
      endWithError(handle, error);
      if (typeof onFailed === 'function') return onFailed(error);
      throw error;
    };
    return Reflect.apply(original, this, [done, failed, ...rest]);
  });
}

function once(onValue: (value: unknown) => void): (value: unknown) => void {
  let isSettled = false;
  return (value) => {
    if (isSettled) return;
    isSettled = true;
    onValue(value);
  };
}
