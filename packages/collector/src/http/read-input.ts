import type { z } from 'zod';
import { describeIssues } from './api-error.js';

/** What a schema made of something that a sender gave. */
export type ReadInput<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'wrong'; readonly message: string };

/** Reads what a sender gave. */
export function readInput<T>(schema: z.ZodType<T>, value: unknown): ReadInput<T> {
  const parsed = parseInput(schema, value);
  if (parsed === undefined) return { kind: 'wrong', message: WRONG_TYPE };
  return parsed.success ? { kind: 'ok', value: parsed.data } : { kind: 'wrong', message: describeIssues(parsed.error) };
}

/** What to say where {@link parseInput} gives nothing. */
export const WRONG_TYPE = 'a value is not of its type';

/**
 * A schema compares the `length` of whatever has one, and throws where that is an object which cannot be a number; that
 * too is a wrong value, and no fault of ours: then `undefined`.
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): z.ZodSafeParseResult<T> | undefined {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
}
