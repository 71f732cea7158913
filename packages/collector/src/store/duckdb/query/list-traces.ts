import type { TraceFilter, TraceList, TraceListQuery, TraceSummary } from '@slipstream/query-api';
import { StoreError } from '../../errors.js';
import type { RowSource } from '../database/query-pool.js';
import { fromRow } from '../schema/columns.js';
import { TRACE_COLUMNS, type TraceRow } from '../schema/trace-columns.js';
import { readFilteredPage } from './filtered-page.js';
import { formatCursor, type ListPosition, parseCursor } from './list-cursor.js';
import { readMatches, searchTraces } from './text-search.js';
import { TraceConditions } from './trace-filter.js';
import { readTraceRows, TRACE_TABLES, type TraceTable, tracePageQuery } from './trace-page.js';
import { toTraceSummary } from './trace-summary.js';

const MAX_SUMMARY_IDS = 500;

/** @throws StoreError `invalid_cursor` and those of the source */
export async function listTraces(source: RowSource, query: TraceListQuery, nowUs: number): Promise<TraceList> {
  const startedMs = performance.now();
  const after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  const { rows, next } = hasText(query)
    ? await searchTraces(source, query, after, query.limit)
    : await readPage(source, query, after, query.limit);
  return {
    traces: rows.map((row) => toTraceSummary(row, nowUs)),
    nextCursor: next === undefined ? null : formatCursor(next),
    elapsedMs: performance.now() - startedMs,
  };
}

async function readPage(
  source: RowSource,
  filter: TraceFilter,
  after: ListPosition | undefined,
  limit: number,
): Promise<{ rows: readonly TraceRow[]; next: ListPosition | undefined }> {
  const found = await readFilteredPage(source, filter, after, limit + 1);
  const rows = found.map((row) => fromRow<TraceRow>(TRACE_COLUMNS, row));
  const last = rows[limit - 1];
  return { rows: rows.slice(0, limit), next: rows.length > limit ? last : undefined };
}

/** @throws StoreError `too_many_ids` and those of the source */
export async function readSummaries(
  source: RowSource,
  traceIds: readonly string[],
  filter: TraceFilter,
  nowUs: number,
): Promise<TraceSummary[]> {
  if (traceIds.length > MAX_SUMMARY_IDS) {
    throw new StoreError('too_many_ids', `at most ${MAX_SUMMARY_IDS} trace ids a call`);
  }
  if (traceIds.length === 0) return [];
  const rows: TraceRow[] = [];
  for (const { tables, ids } of await tablesOf(source, traceIds)) {
    const conditions = new TraceConditions().addIds(ids).addFilter(filter);
    rows.push(...(await readTraceRows(source, tracePageQuery(conditions, MAX_SUMMARY_IDS, { tables }))));
  }
  const matching = hasText(filter) ? await readMatches(source, filter, rows) : undefined;
  return rows.filter(({ traceId }) => matching?.has(traceId) ?? true).map((row) => toTraceSummary(row, nowUs));
}

/** The live stream asks for traces in motion, all of which are in the small table: then the large one is not read. */
async function tablesOf(
  source: RowSource,
  traceIds: readonly string[],
): Promise<{ readonly tables: readonly TraceTable[]; readonly ids: readonly string[] }[]> {
  const conditions = new TraceConditions().addIds(traceIds);
  const rows = await source.rows({
    sql: `SELECT t.trace_id FROM hot_traces AS t ${conditions.where}`,
    values: conditions.values,
    types: conditions.types,
  });
  const hot = new Set(rows.map(([traceId]) => String(traceId)));
  const others = traceIds.filter((traceId) => !hot.has(traceId));
  // The others are looked for in both: a trace may move between the steps.
  const parts = [
    { tables: ['hot_traces'] as const, ids: [...hot] },
    { tables: TRACE_TABLES, ids: others },
  ];
  return parts.filter(({ ids }) => ids.length > 0);
}

function hasText<Filter extends TraceFilter>(filter: Filter): filter is Filter & { text: string } {
  return filter.text !== undefined && filter.text !== '';
}
