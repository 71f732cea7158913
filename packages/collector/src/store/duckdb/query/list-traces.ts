import type { TraceFilter, TraceList, TraceListQuery, TraceSummary } from '@slipstream/query-api';
import { StoreError } from '../../errors.js';
import type { RowSource } from '../database/query-pool.js';
import type { TraceRow } from '../schema/trace-columns.js';
import { formatCursor, type ListPosition, parseCursor } from './list-cursor.js';
import { TEXT_MATCH_SQL } from './text-match.js';
import { searchTraces, textValues } from './text-search.js';
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
  const conditions = new TraceConditions().addFilter(filter);
  if (after) conditions.addAfter(after);
  const rows = await readTraceRows(source, tracePageQuery(conditions, limit + 1));
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
    rows.push(...(await readTraceRows(source, tracePageQuery(conditions, MAX_SUMMARY_IDS, tables))));
  }
  const matching = hasText(filter) ? await keepTextMatches(source, rows, filter.text) : rows;
  return matching.map((row) => toTraceSummary(row, nowUs));
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

async function keepTextMatches(source: RowSource, rows: readonly TraceRow[], text: string): Promise<TraceRow[]> {
  if (rows.length === 0) return [];
  const ids = new TraceConditions().addIds(rows.map(({ traceId }) => traceId));
  const bounds = {
    fromUs: rows.reduce((first, { startUs }) => Math.min(first, startUs), Number.MAX_SAFE_INTEGER),
    toUs: rows.reduce((last, { lastStartUs }) => Math.max(last, lastStartUs), 0),
  };
  const matches = await source.rows({
    sql: `SELECT DISTINCT t.trace_id FROM all_observations AS t\n${ids.where}
  AND t.start_ns BETWEEN $text_from_ns AND $text_to_ns AND ${TEXT_MATCH_SQL}`,
    values: { ...ids.values, ...textValues(text, bounds) },
    types: ids.types,
  });
  const matching = new Set(matches.map(([traceId]) => traceId));
  return rows.filter(({ traceId }) => matching.has(traceId));
}

function hasText<Filter extends TraceFilter>(filter: Filter): filter is Filter & { text: string } {
  return filter.text !== undefined && filter.text !== '';
}
