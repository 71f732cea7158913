export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** An object of which nothing is known. */
export type Loose = Record<PropertyKey, unknown>;

/** Puts a method on the object itself, before the one of its class; false where the object does not allow it (frozen). */
export function replaceMethod(target: object, name: PropertyKey, value: Method): boolean {
  return Reflect.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}

/** Whether it is a promise of this realm, of whatever class; never throws, whatever the value's traps do. */
export function isPromise(value: unknown): value is Promise<unknown> {
  try {
    return value instanceof Promise;
  } catch {
    return false;
  }
}

/** A promise of a class of its own is none: it has further methods, which a derived one would not have. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  try {
    return value instanceof Promise && value.constructor === Promise;
  } catch {
    return false;
  }
}

/** Hands a promise's outcome on unchanged, after telling it: to a derived promise, so that an unhandled rejection stays one. */
export function tapPromise<T>(
  promise: Promise<T>,
  onValue: (value: T) => void,
  onError: (error: unknown) => void,
): Promise<T> {
  try {
    return promise.then(
      (value) => {
        onValue(value);
        return value;
      },
      (error: unknown) => {
        onError(error);
        throw error;
      },
    );
  } catch {
    // It only looks like a promise (an object made from its prototype): whoever awaits it will meet that.
    onValue(promise as T);
    return promise;
  }
}
