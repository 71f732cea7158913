/** An object of another library, of which nothing is known; reading it may throw. */
export type LooseObject = Readonly<Record<PropertyKey, unknown>>;

export type Method = (...args: unknown[]) => unknown;

/** The value as an object whose properties can be asked for. */
export function looseObject(value: unknown): LooseObject | undefined {
  return typeof value === 'object' && value !== null ? (value as LooseObject) : undefined;
}

/** A text that says something. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number that can be a count or an amount. */
export function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Those of the values that are there; `undefined` where none is. */
export function presentOnly<T>(values: Readonly<Record<string, T | null | undefined>>): Record<string, T> | undefined {
  let present: Record<string, T> | undefined;
  for (const key of Object.keys(values)) {
    const value = values[key];
    if (value === undefined || value === null) continue;
    present ??= {};
    present[key] = value;
  }
  return present;
}

/** The properties of these names, where there are any. */
export function pick(source: LooseObject, names: readonly string[]): Record<string, unknown> | undefined {
  let present: Record<string, unknown> | undefined;
  for (const name of names) {
    const value = source[name];
    if (value === undefined || value === null) continue;
    present ??= {};
    present[name] = value;
  }
  return present;
}

/** Something to wait for; asked by its method, because a promise can come from another realm. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof looseObject(value)?.then === 'function';
}

/** Calls back with what a call gave, or will give; the result goes on as it was, one turn later at most. */
export function onResult(
  result: unknown,
  onValue: (value: unknown) => void,
  onError: (error: unknown) => void,
): unknown {
  if (!isThenable(result)) {
    onValue(result);
    return result;
  }
  return result.then(
    (value: unknown) => {
      onValue(value);
      return value;
    },
    (error: unknown) => {
      onError(error);
      throw error;
    },
  );
}

/** Puts a method in the place of another without showing it to those who list properties. */
export function replaceMethod(target: object, name: PropertyKey, method: Method): boolean {
  const own = Reflect.getOwnPropertyDescriptor(target, name);
  const enumerable = own?.enumerable ?? false;
  return Reflect.defineProperty(target, name, { value: method, enumerable, configurable: true, writable: true });
}
