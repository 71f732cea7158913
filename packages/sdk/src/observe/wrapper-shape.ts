import type { AnyFunction } from './observe.js';

/** Set on the wrapper by themselves, or (the last two) own properties of sloppy functions that nobody may set. */
const OWN_OF_EACH: ReadonlySet<PropertyKey> = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);

/**
 * Makes a wrapper look like the function in it: name, length, kind (libraries ask whether a function is async), own
 * properties, and the prototype of what it constructs. Never throws.
 */
export function takeShape(wrapper: AnyFunction, fn: AnyFunction): void {
  try {
    Object.defineProperty(wrapper, 'name', { value: fn.name, configurable: true });
    Object.defineProperty(wrapper, 'length', { value: fn.length, configurable: true });
    const kind: unknown = Object.getPrototypeOf(fn);
    if (kind !== Function.prototype) Object.setPrototypeOf(wrapper, kind as object);
    const keys = Reflect.ownKeys(fn);
    // Arrow functions and methods have a name and a length and nothing else.
    if (keys.length > 2) copyProperties(wrapper, fn, keys);
  } catch {
    // A function whose own traps throw is called all the same.
  }
}

function copyProperties(wrapper: AnyFunction, fn: AnyFunction, keys: readonly PropertyKey[]): void {
  if (keys.includes('prototype')) wrapper.prototype = fn.prototype;
  for (const key of keys) {
    const descriptor = OWN_OF_EACH.has(key) ? undefined : Object.getOwnPropertyDescriptor(fn, key);
    if (descriptor !== undefined) Object.defineProperty(wrapper, key, descriptor);
  }
}

/** Whether it can only be constructed: the prototype of classes, and of no other function, cannot be replaced. */
export function isClass(fn: AnyFunction): boolean {
  try {
    return Object.getOwnPropertyDescriptor(fn, 'prototype')?.writable === false;
  } catch {
    return false;
  }
}

/** The function's name; `''` where it has none, or does not say. */
export function nameOfFunction(fn: AnyFunction): string {
  try {
    return typeof fn.name === 'string' ? fn.name : '';
  } catch {
    return '';
  }
}
