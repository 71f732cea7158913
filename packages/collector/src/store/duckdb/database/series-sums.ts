import type { DuckDBConnection } from '@duckdb/node-api';
import { MAX_SERIES_NAMES, MAX_SERIES_SOURCES } from '../intake/series-fold.js';
import { transaction } from './upkeep.js';

const MINUTES_PER_HOUR = 60;

const MINUTE_TABLES = ['series_news', 'series_minutes', 'series_name_minutes'];
const HOUR_TABLES = ['series_hours', 'series_name_hours'];

const KINDS = 'service, environment, type, bucket';
const KEYS = 'service, environment, type, name, bucket';
const SUMS = `sum(spans)::BIGINT AS spans, sum(errors)::BIGINT AS errors, sum(cost_usd) AS cost_usd,
  sum(total_tokens) AS total_tokens`;
/** What a revision took away and put back into the same key is nothing. */
const IS_SOMETHING = 'HAVING sum(spans) <> 0 OR sum(errors) <> 0 OR sum(cost_usd) <> 0 OR sum(total_tokens) <> 0';

/**
 * Adds up the rows of `sums` by key. Names beyond the most frequent of their source and time lose their name, and sources
 * beyond the most frequent of their time all that tells them apart. Rows that only take away are the least frequent of
 * all, so that they meet what they take away.
 */
function boundedSql(source: string): string {
  return `WITH sums AS MATERIALIZED (${source}),
sources AS (
  SELECT minute, service, environment,
    row_number() OVER (PARTITION BY minute ORDER BY sum(spans) DESC, service, environment) AS place
  FROM sums GROUP BY minute, service, environment),
names AS (
  SELECT minute, service, environment, name,
    row_number() OVER (PARTITION BY minute, service, environment ORDER BY sum(spans) DESC, name) AS place
  FROM sums WHERE name IS NOT NULL GROUP BY minute, service, environment, name),
many_sources AS (SELECT * FROM sources WHERE place > ${MAX_SERIES_SOURCES}),
many_names AS (SELECT * FROM names WHERE place > ${MAX_SERIES_NAMES}),
kept AS (
  SELECT s.minute,
    CASE WHEN o.place IS NULL THEN s.service END AS service,
    CASE WHEN o.place IS NULL THEN s.environment END AS environment,
    s.type,
    CASE WHEN o.place IS NULL AND n.place IS NULL THEN s.name END AS name,
    s.bucket, s.spans, s.errors, s.cost_usd, s.total_tokens
  FROM sums AS s
  LEFT JOIN many_sources AS o ON o.minute = s.minute AND o.service IS NOT DISTINCT FROM s.service
    AND o.environment IS NOT DISTINCT FROM s.environment
  LEFT JOIN many_names AS n ON n.minute = s.minute AND n.service IS NOT DISTINCT FROM s.service
    AND n.environment IS NOT DISTINCT FROM s.environment AND n.name = s.name)
SELECT minute, ${KEYS}, ${SUMS} FROM kept GROUP BY minute, ${KEYS}`;
}

const NEWS_SQL = boundedSql(`
  SELECT minute, ${KEYS}, ${SUMS} FROM series_news WHERE minute < CAST($before AS INTEGER)
  GROUP BY minute, ${KEYS} ${IS_SOMETHING}`);

const OF_HOUR_SQL = `minute // ${MINUTES_PER_HOUR} * ${MINUTES_PER_HOUR}`;

const HOUR_SQL = boundedSql(`
  SELECT ${OF_HOUR_SQL} AS minute, ${KEYS}, ${SUMS} FROM series_name_minutes
  WHERE minute >= CAST($from AS INTEGER) AND minute < CAST($to AS INTEGER)
  GROUP BY ALL ${IS_SOMETHING}`);

/** Neighbours in name lie together, so that a question about one reads little beside it. */
const ADD_TO_MINUTES = [
  'INSERT INTO series_name_minutes SELECT * FROM moved_series ORDER BY minute, name',
  `INSERT INTO series_minutes SELECT minute, ${KINDS}, ${SUMS} FROM moved_series GROUP BY ALL ORDER BY minute`,
];
const ADD_TO_HOURS = [
  `INSERT INTO series_name_hours SELECT ${OF_HOUR_SQL} AS minute, ${KEYS}, ${SUMS} FROM moved_series
GROUP BY ALL ORDER BY minute, name`,
  `INSERT INTO series_hours SELECT ${OF_HOUR_SQL} AS minute, ${KINDS}, ${SUMS} FROM moved_series
GROUP BY ALL ORDER BY minute`,
];

/**
 * Moves the sums of minutes before this out of the small table that batches add to; one transaction, which MUST NOT overlap
 * one of the writer.
 *
 * @returns the hours that got rows, by their first minute, and how many rows there were
 */
export async function moveSeriesNews(
  writer: DuckDBConnection,
  beforeMinute: number,
): Promise<{ readonly hours: readonly number[]; readonly rows: number }> {
  const values = { before: BigInt(beforeMinute) };
  let hours: readonly number[] = [];
  let rows = 0;
  await transaction(writer, async () => {
    await writer.run(`CREATE OR REPLACE TEMP TABLE moved_series AS ${NEWS_SQL}`, values);
    for (const sql of [...ADD_TO_MINUTES, ...ADD_TO_HOURS]) await writer.run(sql);
    const moved = await writer.runAndReadAll(`SELECT DISTINCT ${OF_HOUR_SQL} FROM moved_series`);
    hours = moved.getRowsJS().map(([minute]) => Number(minute));
    rows = (await writer.run('DELETE FROM series_news WHERE minute < CAST($before AS INTEGER)', values)).rowsChanged;
    await writer.run('DROP TABLE moved_series');
  });
  return { hours, rows };
}

export async function countSeriesNews(writer: DuckDBConnection): Promise<number> {
  const reader = await writer.runAndReadAll('SELECT count(*) FROM series_news');
  return Number(reader.getRowsJS()[0]?.[0] ?? 0);
}

/** One row for each key of an hour in place of one for each time that something was moved; a transaction like the above. */
export async function addUpSeriesHour(writer: DuckDBConnection, hour: number): Promise<void> {
  await transaction(writer, async () => {
    const bounds = { from: BigInt(hour), to: BigInt(hour + MINUTES_PER_HOUR) };
    await writer.run(`CREATE OR REPLACE TEMP TABLE moved_series AS ${HOUR_SQL}`, bounds);
    for (const table of HOUR_TABLES) {
      await writer.run(`DELETE FROM ${table} WHERE minute = CAST($hour AS INTEGER)`, { hour: BigInt(hour) });
    }
    for (const sql of ADD_TO_HOURS) await writer.run(sql);
    await writer.run('DROP TABLE moved_series');
  });
}

/** Removes sums of minutes in which nothing that is stored began; within the transaction of the caller. */
export async function removeForgottenSeries(writer: DuckDBConnection): Promise<void> {
  const reader = await writer.runAndReadAll('SELECT min(start_us) FROM all_traces');
  const firstUs = reader.getRowsJS()[0]?.[0];
  // Nothing is stored: everything goes.
  const minute = typeof firstUs === 'bigint' ? firstUs / 60_000_000n : 2n ** 31n - 1n;
  const hour = (minute / BigInt(MINUTES_PER_HOUR)) * BigInt(MINUTES_PER_HOUR);
  for (const table of MINUTE_TABLES) {
    await writer.run(`DELETE FROM ${table} WHERE minute < CAST($minute AS INTEGER)`, { minute });
  }
  for (const table of HOUR_TABLES) {
    await writer.run(`DELETE FROM ${table} WHERE minute < CAST($hour AS INTEGER)`, { hour });
  }
}
