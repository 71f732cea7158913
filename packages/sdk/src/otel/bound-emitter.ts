import type { EventEmitter } from 'node:events';
import { type Callable, runIn, type SlipstreamContext } from './context.js';

/** On an emitter that was bound already: the first context stays. */
const BOUND = Symbol('slipstream.bound');

type Listener = (...args: unknown[]) => void;
type Add = (this: EventEmitter, event: string | symbol, listener: Listener) => EventEmitter;
type BoundEmitter = EventEmitter & { [BOUND]?: true } & Record<string, unknown>;

/** Methods that add a listener, and whether they add it for one event only, by another name that adds it for all. */
const ADDERS: readonly { readonly name: string; readonly once: boolean; readonly plain: string }[] = [
  { name: 'on', once: false, plain: 'on' },
  { name: 'addListener', once: false, plain: 'addListener' },
  { name: 'prependListener', once: false, plain: 'prependListener' },
  { name: 'once', once: true, plain: 'on' },
  { name: 'prependOnceListener', once: true, plain: 'prependListener' },
];

/** Whether `target` can be bound as an emitter. */
export function isEmitter(target: unknown): target is EventEmitter {
  const { on, emit, removeListener } = (target ?? {}) as Partial<EventEmitter>;
  return typeof on === 'function' && typeof emit === 'function' && typeof removeListener === 'function';
}

/**
 * Makes listeners that are added from now on run in a context. A listener's stand-in names it as `listener`, which
 * Node's own emitters know from `once`: so it is found again by whoever removes it, and nothing else has to change.
 */
export function bindEmitter(context: SlipstreamContext, emitter: EventEmitter): void {
  const bound = emitter as BoundEmitter;
  if (bound[BOUND] === true) return;
  Object.defineProperty(bound, BOUND, { value: true });
  const originals = new Map(ADDERS.map(({ name }) => [name, bound[name]]));
  for (const { name, once, plain } of ADDERS) {
    const add = originals.get(plain);
    if (typeof add !== 'function' || typeof originals.get(name) !== 'function') continue;
    const replacement: Add = function (event, listener) {
      const isBindable = typeof listener === 'function';
      const standIn = isBindable ? bindListener(context, this, { event, listener, once }) : listener;
      return Reflect.apply(add, this, [event, standIn]);
    };
    Object.defineProperty(bound, name, { value: replacement, configurable: true, writable: true });
  }
}

interface Registration {
  readonly event: string | symbol;
  readonly listener: Listener;
  readonly once: boolean;
}

function bindListener(context: SlipstreamContext, emitter: EventEmitter, registration: Registration): Listener {
  const { event, listener, once } = registration;
  const standIn = function (this: unknown, ...args: unknown[]): void {
    if (once) emitter.removeListener(event, standIn);
    runIn(context, listener as Callable, this, args);
  };
  return Object.assign(standIn, { listener });
}
