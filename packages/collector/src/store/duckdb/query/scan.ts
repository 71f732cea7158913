import type { ObservationRow, ScoreRow } from '@slipstream/query-api';
import type { ScanPage, ScanQuery } from '../../contract.js';
import { formatPlace, parsePlace } from '../../page-cursor.js';
import { textLengthOf, toObservationRow, toScoreRow } from '../../rows.js';
import type { Query, RowSource } from '../database/query-pool.js';
import { fromRow } from '../schema/columns.js';
import { OBSERVATION_COLUMNS, type StoredObservation } from '../schema/observation-columns.js';
import { SCORE_COLUMNS, type ScoreRow as StoredScore } from '../schema/score-columns.js';
import { readBoundedPage } from './bounded-page.js';
import { ScanConditions } from './scan-conditions.js';
import { readTraceRow } from './trace-page.js';
import { withoutEndedStarts } from './without-ended-starts.js';

const OBSERVATION_COLUMNS_SQL = OBSERVATION_COLUMNS.map(({ name }) => name).join(', ');
const OBSERVATION_TABLES = ['observations', 'running_observations'];
/** The ended version of a span before its running one, which a page that ends between them then leaves out. */
const VERSION_ORDER_SQL = 'ORDER BY start_ns, trace_id, span_id, end_ns NULLS LAST';
const SCORE_COLUMNS_SQL = SCORE_COLUMNS.map(({ name }) => name).join(', ');

const OBSERVATION_PLACE = [/^\d{1,19}$/, /^[0-9a-f]{32}$/, /^[0-9a-f]{16}$/];
const SCORE_PLACE = [/^\d{1,16}$/, /^/];

/** @throws StoreError `invalid_cursor` and those of the source */
export function scan(source: RowSource, query: ScanQuery): Promise<ScanPage> {
  return query.what === 'scores' ? scanScores(source, query) : scanObservations(source, query);
}

async function scanObservations(source: RowSource, query: ScanQuery): Promise<ScanPage> {
  const conditions = await observationConditions(source, query);
  if (!conditions) return { rows: [], next: undefined };
  const start = query.after === undefined ? undefined : parsePlace(query.after, OBSERVATION_PLACE);
  const { rows, isLast } = await readBoundedPage<ObservationRow>(
    query.limit,
    (after, limit) => readObservationPage(source, conditions, after ? placeOf(after) : start, limit),
    textLengthOf,
  );
  const last = rows.at(-1);
  const distinct = rows.filter((row, index) => !isSameSpan(row, rows[index - 1]));
  return {
    rows: await withoutEndedStarts(source, distinct),
    next: isLast || !last ? undefined : formatPlace(placeOf(last)),
  };
}

function placeOf({ start_ns, trace_id, span_id }: ObservationRow): string[] {
  return [start_ns, trace_id, span_id];
}

/** Versions that start at different times stand apart, and the one that runs may come first: `withoutEndedStarts` drops it. */
function isSameSpan(row: ObservationRow, other: ObservationRow | undefined): boolean {
  if (other === undefined || row.start_ns !== other.start_ns) return false;
  return row.span_id === other.span_id && row.trace_id === other.trace_id;
}

/** `undefined` where the trace that is asked for is not there. */
async function observationConditions(source: RowSource, query: ScanQuery): Promise<ScanConditions | undefined> {
  const conditions = new ScanConditions();
  if (query.fromUs !== undefined) conditions.add('start_ns >= $from_ns', { from_ns: BigInt(query.fromUs) * 1000n });
  if (query.toUs !== undefined) conditions.add('start_ns < $to_ns', { to_ns: BigInt(query.toUs) * 1000n });
  if (query.traceId === undefined) return conditions;
  const trace = await readTraceRow(source, query.traceId);
  if (!trace) return undefined;
  conditions.add('trace_id = $trace_id AND start_ns BETWEEN $trace_from_ns AND $trace_to_ns', {
    trace_id: query.traceId,
    trace_from_ns: BigInt(trace.startUs) * 1000n,
    trace_to_ns: BigInt(trace.lastStartUs) * 1000n + 999n,
  });
  if (query.spanId !== undefined) conditions.add('span_id = $span_id', { span_id: query.spanId });
  return conditions;
}

/**
 * The next rows behind a place. In two steps, because a page that is sorted with its texts costs three times as much: where
 * it ends is found in the narrow columns, and then nothing beyond it is read.
 */
async function readObservationPage(
  source: RowSource,
  conditions: ScanConditions,
  place: readonly string[] | undefined,
  limit: number,
): Promise<ObservationRow[]> {
  const behind = place ? conditions.with(...behindPlace(place)) : conditions;
  const [end] = await source.rows(pageEndQuery(behind, limit));
  const endNs = end?.[0];
  if (typeof endNs !== 'bigint') return [];
  const rows = await source.rows(observationPageQuery(behind.with('start_ns <= $end_ns', { end_ns: endNs }), limit));
  return rows.map((row) => toObservationRow(fromRow<StoredObservation>(OBSERVATION_COLUMNS, row)));
}

/** The first comparison is what prunes row groups by their bounds. */
function behindPlace([startNs = '0', traceId = '', spanId = '']: readonly string[]): Parameters<
  ScanConditions['with']
> {
  return [
    `start_ns >= $after_ns AND (start_ns > $after_ns OR trace_id > $after_trace_id
    OR (trace_id = $after_trace_id AND span_id > $after_span_id))`,
    { after_ns: BigInt(startNs), after_trace_id: traceId, after_span_id: spanId },
  ];
}

/** When the last observation of a page starts. */
export function pageEndQuery({ where, values }: ScanConditions, limit: number): Query {
  const starts = (table: string): string =>
    `(SELECT start_ns FROM ${table}\n${where}\nORDER BY start_ns LIMIT $page_limit)`;
  return {
    sql: `SELECT max(start_ns) FROM (\nSELECT start_ns FROM (\n${OBSERVATION_TABLES.map(starts).join('\nUNION ALL\n')})
ORDER BY start_ns LIMIT $page_limit)`,
    values: { ...values, page_limit: limit },
  };
}

/** The page itself. */
export function observationPageQuery({ where, values }: ScanConditions, limit: number): Query {
  const page = (table: string): string => `SELECT ${OBSERVATION_COLUMNS_SQL} FROM ${table}\n${where}`;
  return {
    sql: `${OBSERVATION_TABLES.map(page).join('\nUNION ALL\n')}\n${VERSION_ORDER_SQL} LIMIT $page_limit`,
    values: { ...values, page_limit: limit },
  };
}

async function scanScores(source: RowSource, query: ScanQuery): Promise<ScanPage> {
  const conditions = new ScanConditions();
  if (query.fromUs !== undefined) conditions.add('time_us >= $from_us', { from_us: BigInt(query.fromUs) });
  if (query.toUs !== undefined) conditions.add('time_us < $to_us', { to_us: BigInt(query.toUs) });
  if (query.traceId !== undefined) conditions.add('trace_id = $trace_id', { trace_id: query.traceId });
  if (query.spanId !== undefined) conditions.add('span_id = $span_id', { span_id: query.spanId });
  const start = query.after === undefined ? undefined : parsePlace(query.after, SCORE_PLACE);
  const { rows, isLast } = await readBoundedPage<ScoreRow>(
    query.limit,
    async (after, limit) => {
      const place = after ? [String(after.time_us), after.score_id] : start;
      const found = await source.rows(scorePageQuery(conditions, place, limit));
      return found.map((row) => toScoreRow(fromRow<StoredScore>(SCORE_COLUMNS, row)));
    },
    textLengthOf,
  );
  const last = rows.at(-1);
  return { rows, next: isLast || !last ? undefined : formatPlace([String(last.time_us), last.score_id]) };
}

function scorePageQuery(conditions: ScanConditions, after: readonly string[] | undefined, limit: number): Query {
  const { where, values } = after
    ? conditions.with('(time_us, score_id) > ($after_us, $after_id)', {
        after_us: BigInt(after[0] ?? 0),
        after_id: after[1] ?? '',
      })
    : conditions;
  return {
    sql: `SELECT ${SCORE_COLUMNS_SQL} FROM scores\n${where}\nORDER BY time_us, score_id LIMIT $page_limit`,
    values: { ...values, page_limit: limit },
  };
}
