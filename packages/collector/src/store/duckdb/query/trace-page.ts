import type { Query, RowSource } from '../database/query-pool.js';
import { fromRow } from '../schema/columns.js';
import { TRACE_COLUMNS, type TraceRow } from '../schema/trace-columns.js';
import { TraceConditions } from './trace-filter.js';

export const ALL_COLUMNS = TRACE_COLUMNS.map(({ name }) => name);
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
