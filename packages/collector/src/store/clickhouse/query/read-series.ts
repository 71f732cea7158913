import type { Series } from '@slipstream/query-api';
import { BUCKET_GROWTH, FIRST_BUCKET_NS, type SeriesRequest, type SeriesSums, toSeries } from '../../series.js';
import type { Cell, Query, QueryLimits } from '../database/connection.js';

/** Counting needs some hundred bytes for each bucket of each step, and FINAL what it merges at a time. */
const LIMITS: QueryLimits = { settings: { max_memory_usage: String(2 * 1024 ** 3) } };

const DURATION_NS = '(assumeNotNull(end_ns) - start_ns)';

interface LimitedSource {
  rows(query: Query, limits?: QueryLimits): Promise<Cell[][]>;
}

/** Reads the observations themselves, each in the version that counts; they lie in the order of their start. */
export async function readSeries(source: LimitedSource, request: SeriesRequest): Promise<Series> {
  const rows = await source.rows(seriesQuery(request), LIMITS);
  // No name is ever left out.
  return toSeries(request, rows.map(toSums), 0);
}

/** Buckets rather than durations: what is held in memory does not grow with the spans, and every store answers the same. */
export function seriesQuery(request: SeriesRequest): Query {
  const { where, params } = conditionsOf(request);
  return {
    sql: `SELECT if(grouping(step) = 1, NULL, step), sum(spans), sum(errors), sum(cost), sum(tokens),
  quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(bucket, spans) FROM (
  SELECT intDiv(start_ns, {step_ns:Int64}) AS step,
    if(${DURATION_NS} < ${FIRST_BUCKET_NS}, 0,
      1 + toInt32(floor(log(${DURATION_NS} / ${FIRST_BUCKET_NS}) / log(${BUCKET_GROWTH})))) AS bucket,
    count() AS spans, countIf(level = 'ERROR') AS errors,
    sumIf(cost_usd, isFinite(cost_usd)) AS cost, sumIf(total_tokens, isFinite(total_tokens)) AS tokens
  FROM observation_versions FINAL
  ${where}
  GROUP BY step, bucket)
GROUP BY GROUPING SETS ((step), ())`,
    params: { ...params, step_ns: nanosOf(request.stepMs) },
  };
}

function conditionsOf({ fromMs, toMs, service, environment, type, name }: SeriesRequest): {
  readonly where: string;
  readonly params: Record<string, unknown>;
} {
  const sql = ['start_ns >= {from_ns:Int64}', 'start_ns < {to_ns:Int64}', 'end_ns IS NOT NULL'];
  const params: Record<string, unknown> = { from_ns: nanosOf(fromMs), to_ns: nanosOf(toMs) };
  for (const [column, value] of Object.entries({ service, environment, type, name })) {
    if (value === undefined) continue;
    sql.push(`${column} = {${column}:String}`);
    params[column] = value;
  }
  return { where: `WHERE ${sql.join(' AND ')}`, params };
}

/** In digits: nanoseconds are more than a number holds. */
function nanosOf(timeMs: number): string {
  return String(BigInt(timeMs) * 1_000_000n);
}

function toSums([step, spans, errors, costUsd, totalTokens, buckets]: readonly Cell[]): SeriesSums {
  return {
    step: step === null || step === undefined ? undefined : Number(step),
    spans: Number(spans),
    errors: Number(errors),
    costUsd: Number(costUsd ?? 0),
    totalTokens: Number(totalTokens ?? 0),
    buckets: (buckets as unknown as readonly number[]).map(Number) as [number, number, number, number],
  };
}
