import type { ObservationRow, ScoreRow } from '@slipstream/query-api';
import type { ScanPage, ScanQuery } from '../../contract.js';
import { readBoundedPage } from '../../duckdb/query/bounded-page.js';
import { OBSERVATION_COLUMNS, type StoredObservation } from '../../duckdb/schema/observation-columns.js';
import { SCORE_COLUMNS, type ScoreRow as StoredScore } from '../../duckdb/schema/score-columns.js';
import { formatPlace, parsePlace } from '../../page-cursor.js';
import { textLengthOf, toObservationRow, toScoreRow } from '../../rows.js';
import type { Query, RowSource } from '../database/connection.js';
import { IN_RANGE_SQL, rangeParams, readIndex } from '../database/trace-index.js';
import { fromCells, selectList } from '../schema/rows.js';

const OBSERVATION_PLACE = [/^\d{1,19}$/, /^[0-9a-f]{32}$/, /^[0-9a-f]{16}$/];
const SCORE_PLACE = [/^\d{1,16}$/, /^/];

interface Conditions {
  readonly sql: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
}

/** @throws StoreError `invalid_cursor` and those of the source */
export function scan(source: RowSource, query: ScanQuery): Promise<ScanPage> {
  return query.what === 'scores' ? scanScores(source, query) : scanObservations(source, query);
}

async function scanObservations(source: RowSource, query: ScanQuery): Promise<ScanPage> {
  const start = query.after === undefined ? undefined : parsePlace(query.after, OBSERVATION_PLACE);
  const conditions = await observationConditions(source, query);
  if (!conditions) return { rows: [], next: undefined };
  const { rows, isLast } = await readBoundedPage<ObservationRow>(
    query.limit,
    async (after, limit) => {
      const place = after ? placeOf(after) : start;
      const found = await source.rows(observationPageQuery(conditions, place, limit));
      return found.map((cells) => toObservationRow(fromCells<StoredObservation>(OBSERVATION_COLUMNS, cells)));
    },
    textLengthOf,
  );
  const last = rows.at(-1);
  return { rows, next: isLast || !last ? undefined : formatPlace(placeOf(last)) };
}

function placeOf({ start_ns, trace_id, span_id }: ObservationRow): string[] {
  return [start_ns, trace_id, span_id];
}

/** `undefined` where the trace that is asked for is not there. */
async function observationConditions(source: RowSource, query: ScanQuery): Promise<Conditions | undefined> {
  const { fromUs, toUs, traceId, spanId } = query;
  const sql: string[] = [];
  const params: Record<string, unknown> = {};
  if (fromUs !== undefined) {
    sql.push('start_ns >= {scan_from_ns:Int64}');
    params.scan_from_ns = String(BigInt(fromUs) * 1000n);
  }
  if (toUs !== undefined) {
    sql.push('start_ns < {scan_to_ns:Int64}');
    params.scan_to_ns = String(BigInt(toUs) * 1000n);
  }
  if (traceId === undefined) return { sql, params };
  const entry = (await readIndex(source, [traceId])).get(traceId);
  if (!entry) return undefined;
  sql.push('trace_id = {trace_id:String}', IN_RANGE_SQL);
  Object.assign(params, { trace_id: traceId, ...rangeParams({ fromUs: entry.firstUs, toUs: entry.lastUs }) });
  if (spanId !== undefined) {
    sql.push('span_id = {span_id:String}');
    params.span_id = spanId;
  }
  return { sql, params };
}

/**
 * The keys of the page first, which are narrow and lie ten seconds by ten seconds, so that little more than the page is
 * read; then its rows.
 */
function observationPageQuery({ sql, params }: Conditions, after: readonly string[] | undefined, limit: number): Query {
  const conditions = [...sql];
  const values: Record<string, unknown> = { ...params, page_limit: limit };
  if (after) {
    conditions.push(
      'start_ns >= {after_ns:Int64}',
      '(start_ns, trace_id, span_id) > ({after_ns:Int64}, {after_trace_id:String}, {after_span_id:String})',
    );
    Object.assign(values, { after_ns: after[0], after_trace_id: after[1], after_span_id: after[2] });
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join('\n    AND ')}`;
  return {
    sql: `WITH page AS (
  SELECT start_ns, trace_id, span_id, span_version FROM observation_versions FINAL
  ${where}
  ORDER BY intDiv(start_ns, 10000000000), start_ns, trace_id, span_id LIMIT {page_limit:UInt32})
SELECT ${selectList(OBSERVATION_COLUMNS)} FROM observation_versions
WHERE (start_ns, trace_id, span_id, span_version) IN (SELECT * FROM page)
ORDER BY start_ns, trace_id, span_id LIMIT 1 BY trace_id, span_id`,
    params: values,
  };
}

async function scanScores(source: RowSource, query: ScanQuery): Promise<ScanPage> {
  const start = query.after === undefined ? undefined : parsePlace(query.after, SCORE_PLACE);
  const { rows, isLast } = await readBoundedPage<ScoreRow>(
    query.limit,
    async (after, limit) => {
      const place = after ? [String(after.time_us), after.score_id] : start;
      const found = await source.rows(scorePageQuery(query, place, limit));
      return found.map((cells) => toScoreRow(fromCells<StoredScore>(SCORE_COLUMNS, cells)));
    },
    textLengthOf,
  );
  const last = rows.at(-1);
  return { rows, next: isLast || !last ? undefined : formatPlace([String(last.time_us), last.score_id]) };
}

function scorePageQuery(query: ScanQuery, after: readonly string[] | undefined, limit: number): Query {
  const { fromUs, toUs, traceId, spanId } = query;
  const conditions: string[] = [];
  const params: Record<string, unknown> = { page_limit: limit };
  const add = (sql: string, values: Record<string, unknown>): void => {
    conditions.push(sql);
    Object.assign(params, values);
  };
  if (fromUs !== undefined) add('time_us >= {from_us:Int64}', { from_us: fromUs });
  if (toUs !== undefined) add('time_us < {to_us:Int64}', { to_us: toUs });
  if (traceId !== undefined) add('trace_id = {trace_id:String}', { trace_id: traceId });
  if (spanId !== undefined) add('span_id = {span_id:String}', { span_id: spanId });
  if (after) {
    const [timeUs, scoreId] = after;
    add('(time_us, score_id) > ({after_us:Int64}, {after_id:String})', { after_us: timeUs, after_id: scoreId });
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join('\n  AND ')}`;
  return {
    sql: `SELECT ${selectList(SCORE_COLUMNS)} FROM score_versions FINAL
${where}
ORDER BY time_us, score_id LIMIT {page_limit:UInt32}`,
    params,
  };
}
