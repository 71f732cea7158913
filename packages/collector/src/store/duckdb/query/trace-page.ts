import type { Query, RowSource } from '../database/query-pool.js';
import { fromRow } from '../schema/columns.js';
import { TRACE_COLUMNS, type TraceRow } from '../schema/trace-columns.js';
import type { TraceConditions } from './trace-filter.js';

const COLUMNS_SQL = TRACE_COLUMNS.map(({ name }) => `t.${name}`).join(', ');
const ORDER_SQL = 'ORDER BY start_us DESC, trace_id DESC';

/** The newest traces that meet the conditions. Each table is cut to the page first, so that neither is sorted whole. */
export function tracePageQuery(conditions: TraceConditions, limit: number): Query {
  const page = (table: string): string =>
    `(SELECT ${COLUMNS_SQL} FROM ${table} AS t\n${conditions.where}\n${ORDER_SQL} LIMIT $page_limit)`;
  return {
    sql: `${conditions.with}${page('hot_traces')}\nUNION ALL\n${page('traces')}\n${ORDER_SQL} LIMIT $page_limit`,
    values: { ...conditions.values, page_limit: limit },
    types: conditions.types,
  };
}

export async function readTraceRows(source: RowSource, query: Query): Promise<TraceRow[]> {
  const rows = await source.rows(query);
  return rows.map((row) => fromRow<TraceRow>(TRACE_COLUMNS, row));
}
