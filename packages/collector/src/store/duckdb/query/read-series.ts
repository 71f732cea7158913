import type { Series } from '@slipstream/query-api';
import { asksForText, type SeriesRequest, type SeriesSums, toSeries } from '../../series.js';
import type { Query, RowSource } from '../database/query-pool.js';
import type { SqlValue } from '../schema/columns.js';
import { SERIES_COLUMNS } from '../schema/series-columns.js';
import { ScanConditions } from './scan-conditions.js';

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_HOUR = 60;
const COLUMNS = SERIES_COLUMNS.map(({ name }) => name);

/** Sums over time; one statement, so that rows that are moved meanwhile count once. */
export async function readSeries(source: RowSource, request: SeriesRequest): Promise<Series> {
  const rows = await source.rows(seriesQuery(request));
  const [others] = asksForText(request) ? await source.rows(otherSpansQuery(request)) : [];
  return toSeries(request, rows.map(toSums), Math.max(0, Number(others?.[0] ?? 0)));
}

/** Steps of whole hours are answered from the sums of hours, and names are looked at where one is asked for. */
function tablesOf({ stepMs }: SeriesRequest, isNamed: boolean): string {
  const unit = (stepMs / MS_PER_MINUTE) % MINUTES_PER_HOUR === 0 ? 'hours' : 'minutes';
  const columns = COLUMNS.filter((name) => isNamed || name !== 'name').join(', ');
  const table = `series_${isNamed ? 'name_' : ''}${unit}`;
  return `(SELECT ${columns} FROM ${table} UNION ALL SELECT ${columns} FROM series_news)`;
}

/**
 * Of each step, and of all, the sums and the buckets that hold the percentiles: of 100 spans the 95th in order of duration
 * is at 95 %. In whole numbers, since 0.95 is none.
 */
export function seriesQuery(request: SeriesRequest): Query {
  const { where, values } = conditionsOf(request);
  return {
    sql: `WITH cells AS MATERIALIZED (
  SELECT minute // CAST($step_minutes AS INTEGER) AS step, bucket, sum(spans)::BIGINT AS spans,
    sum(errors)::BIGINT AS errors, sum(cost_usd) AS cost_usd, sum(total_tokens) AS total_tokens
  FROM ${tablesOf(request, request.name !== undefined)}
  ${where}
  GROUP BY step, bucket HAVING sum(spans) > 0),
with_total AS (
  SELECT * FROM cells
  UNION ALL
  SELECT NULL, bucket, sum(spans)::BIGINT, sum(errors)::BIGINT, sum(cost_usd), sum(total_tokens)
  FROM cells GROUP BY bucket),
ranked AS (
  SELECT *, sum(spans) OVER (PARTITION BY step ORDER BY bucket) * 100 AS up_to,
    sum(spans) OVER (PARTITION BY step) AS total
  FROM with_total)
SELECT step, sum(spans)::BIGINT, sum(errors)::BIGINT, sum(cost_usd), sum(total_tokens),
${[50, 90, 95, 99].map((share) => `  min(bucket) FILTER (WHERE up_to >= ${share} * total)`).join(',\n')}
FROM ranked GROUP BY step`,
    values: { ...values, step_minutes: BigInt(request.stepMs / MS_PER_MINUTE) },
  };
}

/** Spans in the range of which nobody knows any more whether they match. */
function otherSpansQuery({ name: _, service, environment, ...request }: SeriesRequest): Query {
  const conditions = conditionsOf(request);
  conditions.add('name IS NULL', {});
  if (service !== undefined) conditions.add('(service = $service OR service IS NULL)', { service });
  if (environment !== undefined) {
    conditions.add('(environment = $environment OR environment IS NULL)', { environment });
  }
  const { where, values } = conditions;
  return { sql: `SELECT sum(spans)::BIGINT FROM ${tablesOf(request, true)}\n${where}`, values };
}

function conditionsOf({ fromMs, toMs, service, environment, type, name }: SeriesRequest): ScanConditions {
  const conditions = new ScanConditions();
  conditions.add('minute >= CAST($from_minute AS INTEGER)', { from_minute: minuteOf(fromMs) });
  conditions.add('minute < CAST($to_minute AS INTEGER)', { to_minute: minuteOf(toMs) });
  if (service !== undefined) conditions.add('service = $service', { service });
  if (environment !== undefined) conditions.add('environment = $environment', { environment });
  if (type !== undefined) conditions.add('type = $type', { type });
  if (name !== undefined) conditions.add('name = $name', { name });
  return conditions;
}

function minuteOf(timeMs: number): bigint {
  return BigInt(timeMs / MS_PER_MINUTE);
}

function toSums([step, spans, errors, costUsd, totalTokens, ...buckets]: readonly SqlValue[]): SeriesSums {
  return {
    step: step === null || step === undefined ? undefined : Number(step),
    spans: Number(spans),
    errors: Number(errors),
    costUsd: Number(costUsd),
    totalTokens: Number(totalTokens),
    buckets: buckets.map(Number) as [number, number, number, number],
  };
}
