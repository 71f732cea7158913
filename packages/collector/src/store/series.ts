/**
 * Volume and percentiles over time, as far as every store does it the same way: durations are counted in buckets whose
 * bounds rise by a tenth, so that sums of any two times can be added up and a percentile is known to 5 %.
 */
import type { ObservationType, Series, SeriesTotal } from '@slipstream/query-api';

/** A question with everything decided (`http/series-range.ts`). */
export interface SeriesRequest {
  /** A multiple of `stepMs`. */
  readonly fromMs: number;
  /** Exclusive; a multiple of `stepMs`, at most 500 steps later. */
  readonly toMs: number;
  /** Whole minutes. */
  readonly stepMs: number;
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly type?: ObservationType | undefined;
  readonly name?: string | undefined;
}

/** What a store found of one point: the first four percentiles are numbers of buckets. */
export interface SeriesSums {
  /** Number of the step since 1970; `undefined` for all of them together. */
  readonly step: number | undefined;
  readonly spans: number;
  readonly errors: number;
  readonly costUsd: number;
  readonly totalTokens: number;
  readonly buckets: readonly [p50: number, p90: number, p95: number, p99: number];
}

/** How much the upper bound of a bucket is above its lower one. */
export const BUCKET_GROWTH = 1.1;

/** Below a microsecond everything is in bucket 0. */
export const FIRST_BUCKET_NS = 1000;

const LOG_GROWTH = Math.log(BUCKET_GROWTH);

/** The bucket that a duration falls in: 0, or n where it is at least 1.1^(n-1) µs. SQL says the same. */
export function bucketOf(durationNs: number): number {
  return durationNs < FIRST_BUCKET_NS ? 0 : 1 + Math.floor(Math.log(durationNs / FIRST_BUCKET_NS) / LOG_GROWTH);
}

/** The duration that is no more than 4.8 % from any in the bucket, in milliseconds. */
export function bucketMs(bucket: number): number {
  if (bucket <= 0) return 0;
  const lowerUs = BUCKET_GROWTH ** (bucket - 1);
  return (lowerUs * ((2 * BUCKET_GROWTH) / (1 + BUCKET_GROWTH))) / 1000;
}

const NOTHING: SeriesTotal = {
  spans: 0,
  errors: 0,
  p50Ms: null,
  p90Ms: null,
  p95Ms: null,
  p99Ms: null,
  costUsd: 0,
  totalTokens: 0,
};

/** The answer: every step has its point, also where nothing was found. */
export function toSeries(request: SeriesRequest, found: readonly SeriesSums[], otherSpans: number): Series {
  const { fromMs, toMs, stepMs } = request;
  const byStep = new Map(found.filter(({ spans }) => spans > 0).map((sums) => [sums.step, toTotal(sums)]));
  const points: Series['points'] = [];
  for (let startMs = fromMs; startMs < toMs; startMs += stepMs) {
    points.push({ startMs, ...(byStep.get(startMs / stepMs) ?? NOTHING) });
  }
  return { stepMs, points, total: byStep.get(undefined) ?? NOTHING, otherSpans };
}

function toTotal({ spans, errors, costUsd, totalTokens, buckets }: SeriesSums): SeriesTotal {
  const [p50Ms, p90Ms, p95Ms, p99Ms] = buckets.map(bucketMs) as [number, number, number, number];
  return { spans, errors, p50Ms, p90Ms, p95Ms, p99Ms, costUsd, totalTokens };
}

/** Whether an observation might have been missed because the name, service or environment that it has is not kept. */
export function asksForText({ service, environment, name }: SeriesRequest): boolean {
  return service !== undefined || environment !== undefined || name !== undefined;
}
