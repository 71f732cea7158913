import type { TraceFilter } from '@slipstream/query-api';
import type { RowSource } from '../database/query-pool.js';
import type { TraceRow } from '../schema/trace-columns.js';
import type { ListPosition } from './list-cursor.js';
import { TEXT_MATCH_SQL, textPattern } from './text-match.js';
import { TraceConditions } from './trace-filter.js';
import { readTraceRows, tracePageQuery } from './trace-page.js';

/** Traces whose texts are read in one step; each step takes four times as many, so that a common text is found fast. */
const FIRST_WINDOW_TRACES = 2_000;
const MAX_WINDOW_TRACES = 64_000;

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
  readonly fromUs: number;
  readonly toUs: number;
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
    const window = await readWindow(source, filter, position, windowTraces);
    if (!window) return { rows, next: undefined };
    rows.push(...(await matchesIn(source, filter, position, window, limit + 1 - rows.length)));
    const last = rows[limit - 1];
    if (rows.length > limit && last) return { rows: rows.slice(0, limit), next: last };
    if (window.traceCount < windowTraces) return { rows, next: undefined };
    position = window.last;
    if (performance.now() - startedMs > SEARCH_BUDGET_MS) return { rows, next: position };
    windowTraces = Math.min(windowTraces * 4, MAX_WINDOW_TRACES);
  }
}

function conditionsAfter(filter: TraceFilter, after: ListPosition | undefined): TraceConditions {
  const conditions = new TraceConditions().addFilter(filter);
  return after ? conditions.addAfter(after) : conditions;
}

/** The next traces in order that meet every other condition, and the time that their observations span. */
async function readWindow(
  source: RowSource,
  filter: TraceFilter,
  after: ListPosition | undefined,
  traces: number,
): Promise<Window | undefined> {
  const page = tracePageQuery(conditionsAfter(filter, after), traces);
  const [row] = await source.rows({
    ...page,
    sql: `SELECT count(*), min(start_us), max(last_start_us), arg_min(trace_id, (start_us, trace_id))\nFROM (${page.sql})`,
  });
  const [traceCount, fromUs, toUs, lastId] = row ?? [];
  if (!traceCount) return undefined;
  const last = { startUs: Number(fromUs), traceId: String(lastId) };
  return { traceCount: Number(traceCount), last, fromUs: Number(fromUs), toUs: Number(toUs) };
}

async function matchesIn(
  source: RowSource,
  filter: TraceFilter & { readonly text: string },
  after: ListPosition | undefined,
  window: Window,
  limit: number,
): Promise<TraceRow[]> {
  const conditions = conditionsAfter(filter, after)
    .addUpTo(window.last)
    .addIdsFrom(
      'with_text',
      `SELECT trace_id FROM all_observations
  WHERE start_ns BETWEEN $text_from_ns AND $text_to_ns AND ${TEXT_MATCH_SQL}`,
    );
  const page = tracePageQuery(conditions, limit);
  return readTraceRows(source, { ...page, values: { ...page.values, ...textValues(filter.text, window) } });
}

/** What {@link TEXT_MATCH_SQL} and the bounds of a window need. */
export function textValues(
  text: string,
  { fromUs, toUs }: Pick<Window, 'fromUs' | 'toUs'>,
): { text_pattern: string; text_from_ns: bigint; text_to_ns: bigint } {
  return {
    text_pattern: textPattern(text),
    text_from_ns: BigInt(fromUs) * 1000n,
    text_to_ns: BigInt(toUs) * 1000n + 999n,
  };
}
