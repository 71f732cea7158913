import { z } from 'zod';

/**
 * An object of any keys. It is given back as it is: `z.record` makes a new one without a member called `__proto__`, which
 * is a key like any other here.
 */
function byKey<Value>(isValue: (value: unknown) => boolean, message: string) {
  return z.custom<Record<string, Value>>((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return Object.values(value).every(isValue);
  }, message);
}

/** Texts by key; structures are JSON text. */
export const textsByKeySchema = byKey<string>((value) => typeof value === 'string', 'must be an object of texts');

export const numbersByKeySchema = byKey<number>(Number.isFinite, 'must be an object of numbers');
