import type { OtelContext } from './api-types.js';
import { bindEmitter, isEmitter } from './bound-emitter.js';
import { activeContext, adopt, type Callable, enter, leave, runIn, type SlipstreamContext } from './context.js';

/**
 * OpenTelemetry's context manager over the one storage that observations live in. It can stand beside any provider:
 * spans of another SDK then nest with observations, too.
 */
export class SlipstreamContextManager {
  /** What is active, the root where nothing is. An active observation is its span. */
  active(): OtelContext {
    return activeContext();
  }

  /** Runs `fn` with `context` active, over all that it awaits. */
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: OtelContext,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    if (typeof fn !== 'function') return undefined as ReturnType<F>;
    return runIn(adopt(context), fn as unknown as Callable, thisArg, args) as ReturnType<F>;
  }

  /** A function that runs in `context`, or an emitter whose listeners added from now on do; anything else as it is. */
  bind<T>(context: OtelContext, target: T): T {
    const adopted = adopt(context);
    try {
      if (typeof target === 'function') return bindFunction(adopted, target as unknown as Callable) as T;
      if (isEmitter(target)) bindEmitter(adopted, target);
    } catch {
      // A proxy, or an emitter that is frozen: it goes on unbound.
    }
    return target;
  }

  /** Makes `context` active from here on, until the token is disposed of. Prefer {@link with}. */
  attach(context: OtelContext): { dispose(): void } {
    const before = enter(context);
    let isAttached = true;
    return {
      dispose: () => {
        if (isAttached) leave(before);
        isAttached = false;
      },
    };
  }

  /** Nothing to switch on: the storage belongs to observations as well. */
  enable(): this {
    return this;
  }

  /** Nothing is switched off: see {@link enable}. */
  disable(): this {
    return this;
  }
}

function bindFunction(context: SlipstreamContext, fn: Callable): Callable {
  const bound = function (this: unknown, ...args: never[]): unknown {
    return runIn(context, fn, this, args);
  };
  Object.defineProperty(bound, 'length', { value: fn.length, configurable: true });
  Object.defineProperty(bound, 'name', { value: fn.name, configurable: true });
  return bound;
}
