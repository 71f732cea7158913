import type { TraceList, TraceSummary } from '@slipstream/query-api';

/**
 * The trace list as it grows by pages at its end and by live events at its top. All transitions are pure.
 * Rows are newest first.
 */
export interface TraceListState {
  /** Whether a page has been read. */
  readonly loaded: boolean;
  readonly rows: readonly TraceSummary[];
  /** `null` where there is nothing older. */
  readonly nextCursor: string | null;
  /** How long the collector took for the last page. */
  readonly elapsedMs: number;
  /** Events that wait for the reader to let them in, by trace id. */
  readonly held: ReadonlyMap<string, TraceSummary>;
  /** When rows came in by themselves, for a short mark; old entries are forgotten. */
  readonly arrivals: ReadonlyMap<string, number>;
}

/**
 * `flow`: everything is shown. `hold-new`: rows in view are updated where they stand, new ones wait (the reader has
 * scrolled). `hold-all`: nothing moves or changes (paused, or text is being selected).
 */
export type LiveMode = 'flow' | 'hold-new' | 'hold-all';

/** Beyond this the list is read afresh: a tail left open overnight must not eat the browser's memory. */
export const MAX_LIVE_ROWS = 5_000;
export const MAX_HELD = 1_000;
export const ARRIVAL_MARK_MS = 2_000;

export const emptyTraceList: TraceListState = {
  loaded: false,
  rows: [],
  nextCursor: null,
  elapsedMs: 0,
  held: new Map(),
  arrivals: new Map(),
};

/** How many of the waiting events are rows that are not in the list yet. */
export function heldNewCount(state: TraceListState): number {
  if (state.held.size === 0) return 0;
  const known = new Set(state.rows.map((row) => row.traceId));
  let count = 0;
  for (const traceId of state.held.keys()) if (!known.has(traceId)) count += 1;
  return count;
}

/** Takes in live events in their order of arrival. */
export function applyLive(
  state: TraceListState,
  batch: readonly TraceSummary[],
  mode: LiveMode,
  nowMs: number,
): TraceListState {
  if (batch.length === 0) return state;
  if (mode === 'hold-all') return { ...state, held: hold(state.held, batch) };
  // What waited comes first: it is older, and need not wait any longer where the mode has become freer.
  const all = [...state.held.values(), ...batch];
  if (mode === 'flow') return { ...mergeRows(state, all, nowMs), held: new Map() };
  const known = new Set(state.rows.map((row) => row.traceId));
  const updates = all.filter((trace) => known.has(trace.traceId));
  const news = all.filter((trace) => !known.has(trace.traceId));
  return { ...mergeRows(state, updates, nowMs), held: hold(new Map(), news) };
}

/** Lets in what was held. */
export function releaseHeld(state: TraceListState, nowMs: number): TraceListState {
  if (state.held.size === 0) return state;
  return { ...mergeRows(state, [...state.held.values()], nowMs), held: new Map() };
}

/**
 * Takes in page 1, read again. Where it does not reach down to the rows that are there (more than a page was
 * missed), or the list has grown past its bound, the list starts afresh from it, since a gap must not look like one list.
 */
export function refreshHead(state: TraceListState, page: TraceList, nowMs: number): TraceListState {
  const known = new Set(state.rows.map((row) => row.traceId));
  const connects = page.nextCursor === null || page.traces.some((trace) => known.has(trace.traceId));
  if (!state.loaded || !connects || state.rows.length > MAX_LIVE_ROWS) return startFrom(state, page);
  const held = new Map(state.held);
  for (const trace of page.traces) held.delete(trace.traceId);
  const merged = mergeRows({ ...state, held }, page.traces, nowMs);
  return { ...merged, elapsedMs: page.elapsedMs, nextCursor: page.nextCursor === null ? null : state.nextCursor };
}

/** Adds the next page at the end. */
export function appendPage(state: TraceListState, page: TraceList): TraceListState {
  const rows = [...state.rows, ...page.traces];
  return { ...state, rows: sortUnique(rows), nextCursor: page.nextCursor, elapsedMs: page.elapsedMs };
}

function startFrom(state: TraceListState, page: TraceList): TraceListState {
  // Events that came while the first page was on its way may be newer than the page.
  const early = state.loaded ? [] : state.rows.filter((row) => isAbove(row, page));
  const rows = sortUnique([...page.traces, ...early]);
  return { ...emptyTraceList, loaded: true, rows, nextCursor: page.nextCursor, elapsedMs: page.elapsedMs };
}

function isAbove(row: TraceSummary, page: TraceList): boolean {
  const last = page.traces.at(-1);
  return page.nextCursor === null || last === undefined || row.startTimeUs >= last.startTimeUs;
}

/** Replaces known rows, inserts new ones; what belongs below the last loaded row is left to its own page. */
function mergeRows(state: TraceListState, batch: readonly TraceSummary[], nowMs: number): TraceListState {
  const byId = new Map(state.rows.map((row) => [row.traceId, row]));
  const floorUs = state.nextCursor === null ? Number.NEGATIVE_INFINITY : (state.rows.at(-1)?.startTimeUs ?? 0);
  const arrivals = new Map([...state.arrivals].filter(([, atMs]) => nowMs - atMs < ARRIVAL_MARK_MS));
  for (const trace of batch) {
    const known = byId.get(trace.traceId);
    if (known === undefined && trace.startTimeUs < floorUs) continue;
    if (known === undefined && state.loaded) arrivals.set(trace.traceId, nowMs);
    byId.set(trace.traceId, known === undefined ? trace : fresher(known, trace));
  }
  return { ...state, rows: [...byId.values()].sort(newestFirst), arrivals };
}

/** A page may have been read before an event and arrive after it; a trace only ever gains spans, and ends once. */
function fresher(known: TraceSummary, next: TraceSummary): TraceSummary {
  if (next.observationCount < known.observationCount) return known;
  if (next.observationCount === known.observationCount && next.running && !known.running) return known;
  return next;
}

function hold(held: ReadonlyMap<string, TraceSummary>, batch: readonly TraceSummary[]): Map<string, TraceSummary> {
  const next = new Map(held);
  for (const trace of batch) {
    const known = next.get(trace.traceId);
    next.delete(trace.traceId);
    next.set(trace.traceId, known === undefined ? trace : fresher(known, trace));
  }
  // The oldest go; page 1 is read again when more was held than fits.
  for (const traceId of next.keys()) {
    if (next.size <= MAX_HELD) break;
    next.delete(traceId);
  }
  return next;
}

function sortUnique(rows: readonly TraceSummary[]): TraceSummary[] {
  const byId = new Map<string, TraceSummary>();
  for (const row of rows) {
    const known = byId.get(row.traceId);
    byId.set(row.traceId, known === undefined ? row : fresher(known, row));
  }
  return [...byId.values()].sort(newestFirst);
}

function newestFirst(a: TraceSummary, b: TraceSummary): number {
  return b.startTimeUs - a.startTimeUs || (a.traceId < b.traceId ? -1 : 1);
}
