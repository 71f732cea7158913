import type { z } from 'zod';
import { describeIssues } from './api-error.js';

/** What a schema made of something that a sender gave. */
export type ReadInput<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'wrong'; readonly message: string };

/**
 * Reads what a sender gave. A schema compares the `length` of whatever has one, and throws where that is an object
 * which cannot be a number; that too is a wrong value, and no fault of ours.
 */
export function readInput<T>(schema: z.ZodType<T>, value: unknown): ReadInput<T> {
  try {
    const parsed = schema.safeParse(value);
    return parsed.success
      ? { kind: 'ok', value: parsed.data }
      : { kind: 'wrong', message: describeIssues(parsed.error) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: 'wrong', message: 'a value is not of its type' };
  }
}
