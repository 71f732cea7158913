import type { TraceFilter } from '@slipstream/query-api';
import type { Query, RowSource } from '../database/query-pool.js';
import type { SqlValue } from '../schema/columns.js';
import { fromRow } from '../schema/columns.js';
import { TRACE_COLUMNS, type TraceRow } from '../schema/trace-columns.js';
import type { ListPosition } from './list-cursor.js';
import { needsMetadata, type TimeBounds, TraceConditions } from './trace-filter.js';

const ALL_COLUMNS = TRACE_COLUMNS.map(({ name }) => name);
const ORDER_SQL = 'ORDER BY start_us DESC, trace_id DESC';

/** Where trace rows are: each is in one of these, see `TRACE_COLUMNS`. */
export const TRACE_TABLES = ['hot_traces', 'traces'] as const;

export type TraceTable = (typeof TRACE_TABLES)[number];

export interface TracePageOptions {
  readonly tables?: readonly TraceTable[];
  /** Names of `TRACE_COLUMNS`; `trace_id` and `start_us` MUST be among them. */
  readonly columns?: readonly string[];
}

/** The newest traces that meet the conditions. Each table is cut to the page first, so that neither is sorted whole. */
export function tracePageQuery(conditions: TraceConditions, limit: number, options: TracePageOptions = {}): Query {
  const columnsSql = (options.columns ?? ALL_COLUMNS).map((name) => `t.${name}`).join(', ');
  const page = (table: string): string =>
    `(SELECT ${columnsSql} FROM ${table} AS t\n${conditions.where}\n${ORDER_SQL} LIMIT $page_limit)`;
  const pages = (options.tables ?? TRACE_TABLES).map(page).join('\nUNION ALL\n');
  return {
    sql: `${conditions.with}SELECT * FROM (\n${pages})\n${ORDER_SQL} LIMIT $page_limit`,
    values: { ...conditions.values, page_limit: limit },
    types: conditions.types,
  };
}

/** The row of one trace: most that are asked for are in motion, and the small table is looked through in no time. */
export async function readTraceRow(source: RowSource, traceId: string): Promise<TraceRow | undefined> {
  // The second step looks at both tables in one snapshot: the trace may move between the steps.
  for (const tables of [TRACE_TABLES.slice(0, 1), TRACE_TABLES]) {
    const conditions = new TraceConditions().addIds([traceId]);
    const [row] = await readTraceRows(source, tracePageQuery(conditions, 1, { tables }));
    if (row) return row;
  }
  return undefined;
}

export async function readTraceRows(source: RowSource, query: Query): Promise<TraceRow[]> {
  const rows = await source.rows(query);
  return rows.map((row) => fromRow<TraceRow>(TRACE_COLUMNS, row));
}

/**
 * Traces among which those with certain metadata are looked for first, and next: frequent metadata fills a page from the
 * few newest row groups, and what is not found there is looked for in all of them at once.
 */
const METADATA_WINDOWS_TRACES = [1_000, 4_500];

/** A page of the filter's matches, without regard to its text; fewer than `limit` only where there are no more. */
export async function readFilteredPage(
  source: RowSource,
  filter: TraceFilter,
  after: ListPosition | undefined,
  limit: number,
  columns: readonly string[] = ALL_COLUMNS,
): Promise<SqlValue[][]> {
  const rows: SqlValue[][] = [];
  let position = after;
  for (const traces of needsMetadata(filter) ? METADATA_WINDOWS_TRACES : []) {
    const window = await readWindow(source, filter, position, traces);
    if (!window) return rows;
    const conditions = conditionsAfter(position).addFilter(filter, window).addUpTo(window.last);
    const found = await source.rows(tracePageQuery(conditions, limit - rows.length, { columns }));
    rows.push(...found);
    if (rows.length === limit || window.traceCount < traces) return rows;
    position = window.last;
  }
  const conditions = await conditionsOfRest(source, filter, position);
  rows.push(...(await source.rows(tracePageQuery(conditions, limit - rows.length, { columns }))));
  return rows;
}

/** As many ids are handed over as a list; more are joined, which builds a table of all traces and takes half a second. */
const MAX_LISTED_IDS = 5_000;

async function conditionsOfRest(
  source: RowSource,
  filter: TraceFilter,
  after: ListPosition | undefined,
): Promise<TraceConditions> {
  const { with: withSql, idSets, values, types } = new TraceConditions().addMetadataFilter(filter);
  if (idSets.length === 1) {
    const sql = `${withSql.replace(' AS MATERIALIZED', ' AS')}SELECT trace_id FROM ${idSets[0]} LIMIT ${MAX_LISTED_IDS + 1}`;
    const ids = (await source.rows({ sql, values, types })).map(([traceId]) => String(traceId));
    if (ids.length <= MAX_LISTED_IDS) return conditionsAfter(after).addRowFilter(filter).addIds(ids);
  }
  return conditionsAfter(after).addFilter(filter);
}

interface Window extends TimeBounds {
  readonly traceCount: number;
  readonly last: ListPosition;
}

const WINDOW_COLUMNS = ['trace_id', 'start_us', 'last_start_us'];

/** The next traces in order whose rows meet the filter, and the time that their observations span. */
async function readWindow(
  source: RowSource,
  filter: TraceFilter,
  after: ListPosition | undefined,
  traces: number,
): Promise<Window | undefined> {
  const page = tracePageQuery(conditionsAfter(after).addRowFilter(filter), traces, { columns: WINDOW_COLUMNS });
  const [row] = await source.rows({
    ...page,
    sql: `SELECT count(*), min(start_us), max(last_start_us), arg_min(trace_id, (start_us, trace_id))\nFROM (${page.sql})`,
  });
  const [traceCount, fromUs, toUs, lastId] = row ?? [];
  if (!traceCount) return undefined;
  const last = { startUs: Number(fromUs), traceId: String(lastId) };
  return { traceCount: Number(traceCount), last, fromUs: Number(fromUs), toUs: Number(toUs) };
}

function conditionsAfter(after: ListPosition | undefined): TraceConditions {
  const conditions = new TraceConditions();
  return after ? conditions.addAfter(after) : conditions;
}

/** The rows of traces that are in the order of the list, whose places bound where they are looked for. */
export async function readRowsAt(source: RowSource, places: readonly ListPosition[]): Promise<TraceRow[]> {
  if (places.length === 0) return [];
  const bounds = { fromUs: places.at(-1)?.startUs ?? 0, toUs: places[0]?.startUs ?? 0 };
  const conditions = new TraceConditions().addIds(places.map(({ traceId }) => traceId)).addStarts(bounds);
  return readTraceRows(source, tracePageQuery(conditions, places.length));
}
