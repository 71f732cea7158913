import type { TraceFilter } from '@slipstream/query-api';
import type { RowSource } from '../database/query-pool.js';
import type { SqlValue } from '../schema/columns.js';
import { fromRow } from '../schema/columns.js';
import { TRACE_COLUMNS, type TraceRow } from '../schema/trace-columns.js';
import type { ListPosition } from './list-cursor.js';
import { needsMetadata } from './metadata-condition.js';
import { readPlacesByMetadata } from './metadata-page.js';
import { TraceConditions } from './trace-filter.js';
import { ALL_COLUMNS, tracePageQuery } from './trace-page.js';
import { placesQuery } from './trace-places.js';

/** A page of the filter's matches, without regard to its text; fewer than `limit` only where there are no more. */
export async function readFilteredPage(
  source: RowSource,
  filter: TraceFilter,
  after: ListPosition | undefined,
  limit: number,
  columns: readonly string[] = ALL_COLUMNS,
): Promise<SqlValue[][]> {
  if (needsMetadata(filter)) {
    return readColumnsAt(source, await readPlacesByMetadata(source, filter, after, limit), columns);
  }
  return source.rows(tracePageQuery(new TraceConditions().addRowFilter(filter).addAfter(after), limit, { columns }));
}

/** The rows of traces that are in the order of the list, whose places bound where they are looked for. */
export async function readRowsAt(source: RowSource, places: readonly ListPosition[]): Promise<TraceRow[]> {
  const rows = await readColumnsAt(source, places, ALL_COLUMNS);
  return rows.map((row) => fromRow<TraceRow>(TRACE_COLUMNS, row));
}

async function readColumnsAt(
  source: RowSource,
  places: readonly ListPosition[],
  columns: readonly string[],
): Promise<SqlValue[][]> {
  if (places.length === 0) return [];
  const rows = await source.rows(placesQuery(places, new TraceConditions(), columns));
  const idColumn = columns.indexOf('trace_id');
  const order = new Map(places.map(({ traceId }, index) => [traceId, index]));
  const rank = (row: readonly SqlValue[]): number => order.get(String(row[idColumn])) ?? 0;
  return rows.sort((left, right) => rank(left) - rank(right));
}
