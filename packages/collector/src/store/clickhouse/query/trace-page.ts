import type { ListPosition } from '../../duckdb/query/list-cursor.js';
import { TRACE_COLUMNS, type TraceRow } from '../../duckdb/schema/trace-columns.js';
import type { Query, RowSource } from '../database/connection.js';
import { type IndexEntry, readIndex } from '../database/trace-index.js';
import { fromCells, selectList } from '../schema/rows.js';
import type { TraceConditions } from './trace-conditions.js';

/** A page of candidates holds rows that do not count any more; so many are read for each that is wanted. */
const CANDIDATES_PER_ROW = 2;
const MIN_CANDIDATES = 50;

export interface VersionedRow {
  readonly row: TraceRow;
  readonly version: bigint;
}

/** Rows that meet the conditions, whether they count or not; newest first. */
export function candidatesQuery(conditions: TraceConditions, limit: number): Query {
  return {
    sql: `SELECT ${selectList(TRACE_COLUMNS)}, trace_version FROM trace_versions
${conditions.where}
ORDER BY start_us DESC, trace_id DESC, trace_version DESC LIMIT {page_limit:UInt32}`,
    params: { ...conditions.params, page_limit: limit },
  };
}

/**
 * The newest traces that meet the conditions. Each step reads some candidates and keeps those that count; most do.
 *
 * @param conditionsAfter makes the conditions anew for the traces behind a place
 */
export async function readTracePage(
  source: RowSource,
  conditionsAfter: (after: ListPosition | undefined) => TraceConditions,
  after: ListPosition | undefined,
  limit: number,
): Promise<TraceRow[]> {
  const rows: TraceRow[] = [];
  const seen = new Set<string>();
  let position = after;
  for (;;) {
    const wanted = Math.max(MIN_CANDIDATES, (limit - rows.length) * CANDIDATES_PER_ROW);
    const candidates = await readVersionedRows(source, candidatesQuery(conditionsAfter(position), wanted));
    const index = await readIndex(source, [...new Set(candidates.map(({ row }) => row.traceId))]);
    for (const row of keepCurrent(candidates, index)) {
      // Its row may have been written anew, with an earlier start, between two steps.
      if (!seen.has(row.traceId)) rows.push(row);
      seen.add(row.traceId);
    }
    if (candidates.length < wanted || rows.length >= limit) return rows.slice(0, limit);
    // Versions of one trace with one start stand side by side, and the first of them is the one that may count.
    position = candidates.at(-1)?.row;
  }
}

export async function readVersionedRows(source: RowSource, query: Query): Promise<VersionedRow[]> {
  const rows = await source.rows(query);
  return rows.map((cells) => ({
    row: fromCells<TraceRow>(TRACE_COLUMNS, cells),
    version: BigInt(cells[TRACE_COLUMNS.length] ?? 0),
  }));
}

/**
 * Of each trace the row that counts, where it is among these. A row may be newer than the index, which is written after
 * it; then it counts.
 */
export function keepCurrent(candidates: readonly VersionedRow[], index: ReadonlyMap<string, IndexEntry>): TraceRow[] {
  const best = new Map<string, VersionedRow>();
  for (const candidate of candidates) {
    const { traceId } = candidate.row;
    const entry = index.get(traceId);
    // A trace without an entry has just been removed.
    if (!entry || candidate.version < entry.version) continue;
    const rival = best.get(traceId);
    if (!rival || rival.version < candidate.version) best.set(traceId, candidate);
  }
  return candidates.filter((candidate) => best.get(candidate.row.traceId) === candidate).map(({ row }) => row);
}
