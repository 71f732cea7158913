import type { TraceFilter, TraceList, TraceListQuery, TraceSummary } from '@slipstream/query-api';
import { formatCursor, type ListPosition, parseCursor } from '../../duckdb/query/list-cursor.js';
import { toTraceSummary } from '../../duckdb/query/trace-summary.js';
import type { TraceRow } from '../../duckdb/schema/trace-columns.js';
import { StoreError } from '../../errors.js';
import type { RowSource } from '../database/connection.js';
import { groupByTime, readIndex } from '../database/trace-index.js';
import { searchTraces, textCondition } from './text-search.js';
import { TraceConditions } from './trace-conditions.js';
import { candidatesQuery, keepCurrent, readTracePage, readVersionedRows } from './trace-page.js';

const MAX_SUMMARY_IDS = 500;
/** Rows of one trace that have not been merged into one: with more, the row that counts might be left out. */
const MAX_VERSIONS_PER_TRACE = 200;

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
  const rows = await readTracePage(source, (position) => conditionsAfter(filter, position), after, limit + 1);
  const last = rows[limit - 1];
  return { rows: rows.slice(0, limit), next: rows.length > limit ? last : undefined };
}

function conditionsAfter(filter: TraceFilter, after: ListPosition | undefined): TraceConditions {
  const conditions = new TraceConditions().addFilter(filter);
  return after ? conditions.addAfter(after) : conditions;
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
  const rows: TraceRow[] = [];
  const index = await readIndex(source, traceIds);
  for (const { ids, range } of groupByTime(index.values())) {
    const conditions = new TraceConditions().addIds(ids, range).addFilter(filter);
    if (hasText(filter)) conditions.addObservations(...textCondition(filter.text), range);
    const query = candidatesQuery(conditions, ids.length * MAX_VERSIONS_PER_TRACE);
    rows.push(...keepCurrent(await readVersionedRows(source, query), index));
  }
  return rows.map((row) => toTraceSummary(row, nowUs));
}

function hasText<Filter extends TraceFilter>(filter: Filter): filter is Filter & { text: string } {
  return filter.text !== undefined && filter.text !== '';
}
