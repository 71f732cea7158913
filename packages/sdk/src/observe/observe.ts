// Hot path: wrapper without captured values <= 1.5 µs a call, the span's records included; disabled <= 30 ns.
import type { Client } from '../client/client.js';
import { getClient } from '../client/configure.js';
import type { ObservationHandle } from '../client/observation-handle.js';
import { typeNumberOf } from '../client/observation-handle.js';
import { processState } from '../context/active-span.js';
import type { ObservationType } from '../record/fields.js';
import { endWithError } from './failure.js';
import { followLazyResult } from './results.js';

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

// biome-ignore lint/suspicious/noExplicitAny: a constraint that every function type satisfies; nothing is read through it.
export type AnyFunction = (this: any, ...args: any[]) => any;

/** Decorates a method; also usable with `experimentalDecorators`. */
export interface MethodDecorator {
  <F extends AnyFunction>(method: F, context: ClassMethodDecoratorContext): F;
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
}

interface Plan {
  readonly name: string;
  readonly typeNumber: number;
  readonly captureInput: boolean | undefined;
  readonly captureOutput: boolean | undefined;
  readonly client: Client | undefined;
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
  return typeof first === 'function' ? wrap(first, options, first.name) : decorator(first ?? {});
}

function decorator(options: ObserveOptions): unknown {
  return (target: object, context: ClassMethodDecoratorContext | string | symbol, descriptor?: PropertyDescriptor) => {
    if (descriptor !== undefined) {
      const method: unknown = descriptor.value;
      if (typeof method !== 'function') throw misuse(String(context));
      return { ...descriptor, value: wrap(method as AnyFunction, options, String(context)) };
    }
    const { kind, name } = context as ClassMethodDecoratorContext;
    if (kind !== 'method') throw misuse(String(name));
    return wrap(target as unknown as AnyFunction, options, String(name));
  };
}

/** Raised while the class is defined, at start-up, and never by a call. */
function misuse(member: string): TypeError {
  return new TypeError(`@observe() works on methods; "${member}" is none. Wrap the function that it calls instead.`);
}

function wrap(fn: AnyFunction, options: ObserveOptions, ownName: string): AnyFunction {
  const plan: Plan = {
    name: options.name ?? (ownName === '' ? 'anonymous' : ownName),
    typeNumber: typeNumberOf(options.type ?? 'span'),
    captureInput: options.captureInput,
    captureOutput: options.captureOutput,
    client: options.client,
  };
  const observed = function (this: unknown, ...args: unknown[]): unknown {
    const client = plan.client ?? processState.client ?? getClient();
    return client.enabled ? run(client, plan, fn, this, args) : Reflect.apply(fn, this, args);
  };
  Object.defineProperty(observed, 'name', { value: fn.name, configurable: true });
  Object.defineProperty(observed, 'length', { value: fn.length, configurable: true });
  return observed;
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
  if (result instanceof Promise && result.constructor === Promise) return followPromise(handle, result, capturesOutput);
  return followLazyResult(handle, result, capturesOutput) ?? endWithResult(handle, result, capturesOutput);
}

/** The derived promise is returned: handing back the original would hide a rejection that nobody handles. */
function followPromise(
  handle: ObservationHandle,
  promise: Promise<unknown>,
  capturesOutput: boolean,
): Promise<unknown> {
  return promise.then(
    (value) => followLazyResult(handle, value, capturesOutput) ?? endWithResult(handle, value, capturesOutput),
    (error: unknown) => {
      endWithError(handle, error);
      throw error;
    },
  );
}

function endWithResult(handle: ObservationHandle, result: unknown, capturesOutput: boolean): unknown {
  // An output that the function set itself (updateCurrentSpan) is the better one.
  if (capturesOutput && result !== undefined) handle.endWithOutput(result);
  else handle.end();
  return result;
}
