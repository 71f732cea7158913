import { z } from 'zod';
import { observationTypeSchema } from './observation-type.js';

/** Steps are whole minutes: volume and durations are kept in sums of a minute. */
export const SERIES_STEP_UNIT_MS = 60_000;

/** Points of one answer at most. */
export const MAX_SERIES_POINTS = 500;

function wholeNumber(message: string) {
  return z
    .string(message)
    .regex(/^\d{1,16}$/, message)
    .transform(Number)
    .refine((value) => value <= Number.MAX_SAFE_INTEGER, message);
}

const timeUsSchema = wholeNumber('must be microseconds since 1970, in digits');
const exactText = z.string().min(1, 'must not be empty; leave it out to see all').max(1000);

/**
 * `GET /api/v1/series`, as URL parameters: which ended observations to count. Conditions are joined by AND, and a text is
 * compared exactly. An observation belongs to the time at which it began.
 */
export const seriesQuerySchema = z.strictObject({
  /** Microseconds since 1970, as in the trace list. @default 24 hours before `toUs` */
  fromUs: timeUsSchema.optional(),
  /** Inclusive. @default now */
  toUs: timeUsSchema.optional(),
  service: exactText.optional(),
  environment: exactText.optional(),
  type: observationTypeSchema.optional(),
  /** Of the observation, not of its trace. */
  name: exactText.optional(),
  /**
   * Width of a point in milliseconds, whole minutes. @default the smallest round step that gives at most 150 points
   */
  stepMs: wholeNumber('must be milliseconds, in digits')
    .refine(
      (value) => value > 0 && value % SERIES_STEP_UNIT_MS === 0,
      `must be a multiple of ${SERIES_STEP_UNIT_MS}, a minute`,
    )
    .optional(),
});
export type SeriesQuery = z.infer<typeof seriesQuerySchema>;

/** What ended observations amount to. */
export const seriesTotalSchema = z.object({
  /** Observations that have ended. */
  spans: z.number(),
  /** Of those, the ones of level ERROR. */
  errors: z.number(),
  /** Of their durations in milliseconds, at most 5 % off; `null` where there are none. */
  p50Ms: z.number().nullable(),
  p90Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  /** US dollars; what has no known cost counts as 0. */
  costUsd: z.number(),
  totalTokens: z.number(),
});
export type SeriesTotal = z.infer<typeof seriesTotalSchema>;

export const seriesPointSchema = seriesTotalSchema.extend({
  /** A multiple of `stepMs` since 1970. */
  startMs: z.number(),
});
export type SeriesPoint = z.infer<typeof seriesPointSchema>;

/** `GET /api/v1/series`: volume and percentiles over time. */
export const seriesSchema = z.object({
  stepMs: z.number(),
  /** By time and without gaps: whole steps, of which the first holds `fromUs` and the last `toUs`. */
  points: z.array(seriesPointSchema),
  /** Of all points together. */
  total: seriesTotalSchema,
  /**
   * With a condition on `name`, `service` or `environment`: observations that it may have missed, since their minute had
   * more different ones than are kept apart. Else 0.
   */
  otherSpans: z.number(),
});
export type Series = z.infer<typeof seriesSchema>;
