import type { Observation, ObservationHandle, ObservationStart } from '../client/observation-handle.js';
import { processState } from '../context/active-span.js';
import type { ObservationType } from '../record/fields.js';
import { describeError, endWithError } from './failure.js';
import { isPlainPromise, tapPromise } from './replace-method.js';
import { followResult } from './results.js';

/** How `startActive` begins and ends an observation, besides its name. */
export interface ActiveOptions extends Omit<ObservationStart, 'name'> {
  /** @default 'span' */
  readonly type?: ObservationType | undefined;
  /** Copy the result of the function. @default the client's `captureOutput` */
  readonly captureOutput?: boolean | undefined;
  /**
   * `false`: the function, or whoever has the observation from it, calls `end` itself; a failure is noted on it all
   * the same. @default true
   */
  readonly endOnExit?: boolean | undefined;
}

/** A function that runs inside an observation. */
export type ActiveFunction<T> = (observation: Observation) => T;

/** The arguments of `startActive` after the name, in one order; reading them never throws. */
export interface ActiveCall<T> {
  readonly options: ActiveOptions;
  /** `undefined` where the caller gave none. */
  readonly fn: ActiveFunction<T> | undefined;
}

export function readActiveCall<T>(
  first: ActiveOptions | ActiveFunction<T> | undefined,
  second: ActiveFunction<T> | undefined,
): ActiveCall<T> {
  if (typeof first === 'function') return { options: {}, fn: first };
  return { options: copyOptions(first), fn: typeof second === 'function' ? second : undefined };
}

function copyOptions(options: ActiveOptions | undefined): ActiveOptions {
  try {
    return typeof options === 'object' ? { ...options } : {};
  } catch {
    // Options whose getters throw are as if not given.
    return {};
  }
}

/** Runs a function inside an observation, and follows its result to the end as `observe` does. */
export function runActive<T>(handle: ObservationHandle, { options, fn }: ActiveCall<T>, capturesByDefault: boolean): T {
  const endsOnExit = options.endOnExit !== false;
  let result: T;
  try {
    result = processState.storage.run(handle, fn as ActiveFunction<T>, handle);
  } catch (error) {
    fail(handle, error, endsOnExit);
    throw error;
  }
  if (endsOnExit) return followResult(handle, result, options.captureOutput ?? capturesByDefault) as T;
  if (!isPlainPromise(result)) return result;
  return tapPromise(
    result,
    () => undefined,
    (error) => fail(handle, error, false),
  ) as T;
}

function fail(handle: ObservationHandle, error: unknown, endsOnExit: boolean): void {
  if (endsOnExit) endWithError(handle, error);
  else handle.update({ level: 'ERROR', statusMessage: describeError(error) });
}
