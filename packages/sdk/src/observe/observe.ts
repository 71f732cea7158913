// Hot path: wrapper without captured values <= 1.5 µs a call, the span's records included; disabled <= 30 ns.
import type { Client } from '../client/client.js';
import { getClient } from '../client/configure.js';
import type { ObservationHandle } from '../client/observation-handle.js';
import { processState } from '../context/active-span.js';
import type { ObservationType } from '../record/fields.js';
import { type DecoratorArguments, decorate, misuse } from './decorator.js';
import { endWithError } from './failure.js';
import { type Plan, planOf } from './plan.js';
import { isPlainPromise } from './replace-method.js';
import { followLazyResult } from './results.js';
import { isClass, nameOfFunction, takeShape } from './wrapper-shape.js';

/** How `observe` records a function. */
export interface ObserveOptions {
  /** @default the function's name, or `anonymous` */
  readonly name?: string;
  /** @default 'span' */
  readonly type?: ObservationType;
  /** Copy the arguments (none: nothing, one: itself, several: an array). @default the client's `captureInput` */
  readonly captureInput?: boolean;
  /** Copy the result. @default the client's `captureOutput` */
  readonly captureOutput?: boolean;
  /** Trace into this client instead of the process's own. */
  readonly client?: Client;
}

/** Any function that can be called. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint that every function type satisfies; nothing is read through it.
export type AnyFunction = (this: any, ...args: any[]) => any;

/** Decorates a method; also usable with `experimentalDecorators`. */
export interface MethodDecorator {
  // Only what tells a method: the whole context's type refuses methods that declare their `this`.
  <F extends AnyFunction>(method: F, context: { readonly kind: 'method'; readonly name: string | symbol }): F;
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
}

/**
 * Wraps a function so that each call is an observation below the active one. The wrapper has the function's type,
 * name, length and `this`; errors are recorded and rethrown. A promise, generator, async iterable or stream that
 * the function returns keeps the observation open until it is consumed, cancelled or has failed.
 *
 * @example
 * const classify = observe(classifyByLlm, { name: 'intent.llm', type: 'generation', captureInput: false });
 */
export function observe<F extends AnyFunction>(fn: F, options?: ObserveOptions): F;
/**
 * The same as a decorator of methods.
 *
 * @example
 * class Lesson {
 *   \@observe({ name: 'lesson.webhook' })
 *   async webhook(payload: Payload) { … }
 * }
 */
export function observe(options?: ObserveOptions): MethodDecorator;
export function observe(first?: AnyFunction | ObserveOptions, options: ObserveOptions = {}): unknown {
  if (typeof first === 'function') return wrap(first, options, nameOfFunction(first));
  return (...args: DecoratorArguments) => decorate((method, ownName) => wrap(method, first ?? {}, ownName), args);
}

function wrap(fn: AnyFunction, options: ObserveOptions, ownName: string): AnyFunction {
  if (isClass(fn)) throw misuse('class', ownName);
  const plan = planOf(options, ownName);
  const observed = function (this: unknown, ...args: unknown[]): unknown {
    const client = plan.client ?? processState.client ?? getClient();
    if (new.target !== undefined) return construct(client, plan, fn, args, new.target === observed ? fn : new.target);
    return client.enabled ? run(client, plan, fn, this, args) : Reflect.apply(fn, this, args);
  };
  takeShape(observed, fn);
  return observed;
}

/** `new` on a wrapped function: what is made is the call's result, and an instance of the function. */
function construct(client: Client, plan: Plan, fn: AnyFunction, args: unknown[], newTarget: AnyFunction): unknown {
  const make = (...values: unknown[]): unknown => Reflect.construct(fn, values, newTarget);
  return client.enabled ? run(client, plan, make, undefined, args) : make(...args);
}

function run(client: Client, plan: Plan, fn: AnyFunction, self: unknown, args: unknown[]): unknown {
  const recorder = client.recorder;
  if (recorder === undefined) return Reflect.apply(fn, self, args);
  const captures = args.length > 0 && (plan.captureInput ?? client.captureInput);
  const handle = recorder.start(
    {
      name: plan.name,
      type: plan.typeNumber,
      hasInput: captures,
      input: captures ? (args.length === 1 ? args[0] : args) : undefined,
    },
    processState.storage.getStore(),
  );
  const capturesOutput = plan.captureOutput ?? client.captureOutput;
  let result: unknown;
  try {
    result = processState.storage.run(handle, Reflect.apply, fn, self, args);
  } catch (error) {
    endWithError(handle, error);
    throw error;
  }
  if (isPlainPromise(result)) return followPromise(handle, result, capturesOutput);
  return followLazyResult(handle, result, capturesOutput) ?? endWithResult(handle, result, capturesOutput);
}

/** The derived promise is returned: handing back the original would hide a rejection that nobody handles. */
function followPromise(
  handle: ObservationHandle,
  promise: Promise<unknown>,
  capturesOutput: boolean,
): Promise<unknown> {
  try {
    return promise.then(
      (value) => followLazyResult(handle, value, capturesOutput) ?? endWithResult(handle, value, capturesOutput),
      (error: unknown) => {
        endWithError(handle, error);
        throw error;
      },
    );
  } catch {
    // It only looks like a promise (an object made from its prototype): whoever awaits it will meet that.
    endWithResult(handle, undefined, capturesOutput);
    return promise;
  }
}

function endWithResult(handle: ObservationHandle, result: unknown, capturesOutput: boolean): unknown {
  // An output that the function set itself (updateCurrentSpan) is the better one.
  if (capturesOutput && result !== undefined) handle.endWithOutput(result);
  else handle.end();
  return result;
}
