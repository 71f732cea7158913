import type { TraceFilter } from '@slipstream/query-api';
import type { ListPosition } from '../../duckdb/query/list-cursor.js';
import type { TraceRow } from '../../duckdb/schema/trace-columns.js';
import type { RowSource } from '../database/connection.js';
import type { TimeRange } from '../database/trace-index.js';
import { TraceConditions } from './trace-conditions.js';
import { readTracePage } from './trace-page.js';

/** Columns in which a text search looks. */
const SEARCHED_COLUMNS = ['name', 'trace_name', 'input', 'output', 'status_message'];

/** Traces whose texts are read in one step; each step takes four times as many, so that a common text is found fast. */
const FIRST_WINDOW_TRACES = 2_000;
const MAX_WINDOW_TRACES = 128_000;

/** After this a search answers with what it has, and with a cursor at the place that it has come to. */
const SEARCH_BUDGET_MS = 1_500;

export interface SearchPage {
  readonly rows: readonly TraceRow[];
  /** Where to go on; `undefined` when everything has been searched. All traces before it are covered. */
  readonly next: ListPosition | undefined;
}

interface Window {
  readonly traceCount: number;
  readonly last: ListPosition;
  /** Between these the window's observations start. */
  readonly range: TimeRange;
}

/**
 * A condition on an observation, and its parameters: any searched column holds the text, without regard to case. Captured
 * structures are kept as JSON, so a text that JSON writes otherwise (quotes, line breaks) is looked for in that form too.
 */
export function textCondition(text: string): [sql: string, params: Record<string, unknown>] {
  const inJson = JSON.stringify(text).slice(1, -1);
  const matches = SEARCHED_COLUMNS.map(
    (name) => `multiSearchAnyCaseInsensitiveUTF8(ifNull(${name}, ''), {search_texts:Array(String)})`,
  );
  return [`(${matches.join(' OR ')})`, { search_texts: inJson === text ? [text] : [text, inJson] }];
}

/** Searches texts from the newest trace backwards until the page is full or the time is up. */
export async function searchTraces(
  source: RowSource,
  filter: TraceFilter & { readonly text: string },
  after: ListPosition | undefined,
  limit: number,
): Promise<SearchPage> {
  const startedMs = performance.now();
  const rows: TraceRow[] = [];
  let windowTraces = FIRST_WINDOW_TRACES;
  let position = after;
  for (;;) {
    const stepMs = performance.now();
    const window = await readWindow(source, filter, position, windowTraces);
    if (!window) return { rows, next: undefined };
    const conditionsAfter = (place: ListPosition | undefined): TraceConditions =>
      conditionsOf(filter, place)
        .addUpTo(window.last)
        .addObservations(...textCondition(filter.text), window.range);
    rows.push(...(await readTracePage(source, conditionsAfter, position, limit + 1 - rows.length)));
    const last = rows[limit - 1];
    if (rows.length > limit && last) return { rows: rows.slice(0, limit), next: last };
    if (window.traceCount < windowTraces) return { rows, next: undefined };
    position = window.last;
    const nowMs = performance.now();
    const restMs = startedMs + SEARCH_BUDGET_MS - nowMs;
    if (restMs <= 0) return { rows, next: position };
    // No more than the rest of the time is enough for, as far as this step tells.
    const affordable = Math.floor((windowTraces * restMs) / (nowMs - stepMs));
    windowTraces = Math.max(FIRST_WINDOW_TRACES, Math.min(windowTraces * 4, MAX_WINDOW_TRACES, affordable));
  }
}

function conditionsOf(filter: TraceFilter, after: ListPosition | undefined): TraceConditions {
  const conditions = new TraceConditions().addFilter(filter);
  return after ? conditions.addAfter(after) : conditions;
}

/** The next rows in order that meet every other condition, and the time that their observations span. */
async function readWindow(
  source: RowSource,
  filter: TraceFilter,
  after: ListPosition | undefined,
  traces: number,
): Promise<Window | undefined> {
  const conditions = conditionsOf(filter, after);
  const [cells] = await source.rows({
    sql: `SELECT count(), min(start_us), max(last_start_us), argMin(trace_id, (start_us, trace_id)) FROM (
  SELECT start_us, last_start_us, trace_id FROM trace_versions
  ${conditions.where}
  ORDER BY start_us DESC, trace_id DESC LIMIT {window:UInt32})`,
    params: { ...conditions.params, window: traces },
  });
  const [traceCount, fromUs, toUs, lastId] = cells ?? [];
  if (!Number(traceCount)) return undefined;
  return {
    traceCount: Number(traceCount),
    last: { startUs: Number(fromUs), traceId: String(lastId) },
    range: { fromUs: Number(fromUs), toUs: Number(toUs) },
  };
}
