import type { AnyFunction } from './observe.js';

type Wrap = (method: AnyFunction, ownName: string) => AnyFunction;

/** What a decorator is called with; which of it, tells its kind. */
export type DecoratorArguments = readonly [target: unknown, context?: unknown, descriptor?: unknown];

/**
 * Wraps the method that a decorator stands before, by either kind of decorator: TC39's get the method and a context,
 * those of `experimentalDecorators` a class or its prototype, a key and a descriptor.
 *
 * @throws TypeError while the class is defined, at start-up, where it stands before anything but a method
 */
export function decorate(wrap: Wrap, [target, context, descriptor]: DecoratorArguments): unknown {
  if (isObject(context)) return decorateStandard(wrap, target, context);
  if (typeof context !== 'string' && typeof context !== 'symbol') throw misuse('class', nameOf(target));
  if (typeof descriptor === 'number') throw misuse('parameter', `${descriptor} of ${String(context)}`);
  const { value, get, set } = (descriptor ?? {}) as PropertyDescriptor;
  if (typeof value === 'function') {
    return { ...(descriptor as PropertyDescriptor), value: wrap(value as AnyFunction, String(context)) };
  }
  throw misuse(get === undefined && set === undefined ? 'field' : 'accessor', String(context));
}

function decorateStandard(wrap: Wrap, target: unknown, context: Record<string, unknown>): AnyFunction {
  const name = String(context.name ?? nameOf(target));
  if (context.kind !== 'method' || typeof target !== 'function') throw misuse(String(context.kind), name);
  return wrap(target as AnyFunction, name);
}

const INSTEAD: Readonly<Record<string, string>> = {
  class: 'Decorate its methods instead.',
  field: 'Give it an observed function instead: name = observe(() => …).',
  parameter: 'Decorate the method instead; its arguments are captured with it.',
};

/** Raised while something is defined, at start-up, and never by a call. */
export function misuse(kind: string, name: string): TypeError {
  const instead = INSTEAD[kind] ?? 'Decorate a method, or wrap the function that does the work, instead.';
  return new TypeError(`observe() works on functions and methods; the ${kind} "${name}" is none. ${instead}`);
}

function nameOf(target: unknown): string {
  const name: unknown = (target as { name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' && name !== '' ? name : 'anonymous';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
