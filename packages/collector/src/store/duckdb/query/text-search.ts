import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { TraceFilter } from '@slipstream/query-api';
import type { Query, RowSource } from '../database/query-pool.js';
import type { TraceRow } from '../schema/trace-columns.js';
import { readFilteredPage, readRowsAt } from './filtered-page.js';
import type { ListPosition } from './list-cursor.js';
import { TEXT_MATCH_SQL, textPattern } from './text-match.js';

/**
 * After this a search answers with what it has, and with a cursor at the place that it has come to: whoever asks sees
 * how far that is, and goes on from there. No step is begun that would take longer.
 */
const SEARCH_BUDGET_MS = 120;
/** Observations of the first step, a few milliseconds' worth; what it takes says how large the next can be. */
const FIRST_STEP_OBSERVATIONS = 4_000;
/** The engine keeps the best of so many without sorting all traces. */
const MAX_STEP_TRACES = 4_500;
/** A step is meant to take this share of the time that is left, since rows differ. */
const STEP_SHARE = 0.8;
const USUAL_OBSERVATIONS_A_TRACE = 8;
/** Stretches of a step that are looked through one by one, with nothing read between them. */
const MAX_STRETCHES = 16;
/** Traces closer together than this are in one stretch. */
const MAX_GAP_US = 10_000_000;
/** Traces of a stretch that are told apart by id, before their texts are looked at. */
const MAX_IDS_A_STRETCH = 64;

const CANDIDATE_COLUMNS = ['trace_id', 'start_us', 'last_start_us', 'observation_count'];

export interface SearchPage {
  readonly rows: readonly TraceRow[];
  /** Where to go on; `undefined` when everything has been searched. All traces before it are covered. */
  readonly next: ListPosition | undefined;
}

interface Candidate {
  readonly traceId: string;
  readonly startUs: number;
  readonly lastStartUs: number;
  readonly observations: number;
}

/** Searches texts from the newest trace backwards until the page is full or the time is up. */
export async function searchTraces(
  source: RowSource,
  filter: TraceFilter & { readonly text: string },
  after: ListPosition | undefined,
  limit: number,
): Promise<SearchPage> {
  const pace = new Pace();
  const found: Candidate[] = [];
  let position = after;
  for (;;) {
    const { candidates, isLast } = await readCandidates(source, filter, position, pace.stepObservations());
    const matching = await readMatches(source, filter, candidates);
    found.push(...candidates.filter(({ traceId }) => matching.has(traceId)));
    const last = candidates.at(-1);
    position = last ?? position;
    if (found.length > limit) {
      const page = found.slice(0, limit);
      return { rows: await readRowsAt(source, page), next: page.at(-1) };
    }
    if (isLast || !last) return { rows: await readRowsAt(source, found), next: undefined };
    if (!pace.hasTimeAfter(candidates)) return { rows: await readRowsAt(source, found), next: position };
  }
}

/** How many observations the time that is left allows for. */
class Pace {
  readonly #startedMs = performance.now();
  #stepStartedMs = performance.now();
  #observationsAMs: number | undefined;

  stepObservations(): number {
    this.#stepStartedMs = performance.now();
    if (this.#observationsAMs === undefined) return FIRST_STEP_OBSERVATIONS;
    return Math.max(1, Math.floor(this.#leftMs * STEP_SHARE * this.#observationsAMs));
  }

  /** Notes the step under way. */
  hasTimeAfter(candidates: readonly Candidate[]): boolean {
    const observations = candidates.reduce((sum, candidate) => sum + candidate.observations, 0);
    const tookMs = performance.now() - this.#stepStartedMs;
    this.#observationsAMs = observations / Math.max(1, tookMs);
    return this.#leftMs > tookMs && this.#leftMs > SEARCH_BUDGET_MS / 10;
  }

  get #leftMs(): number {
    return SEARCH_BUDGET_MS - (performance.now() - this.#startedMs);
  }
}

/** The next traces that meet every other condition, of about so many observations; at least one. */
async function readCandidates(
  source: RowSource,
  filter: TraceFilter,
  after: ListPosition | undefined,
  maxObservations: number,
): Promise<{ readonly candidates: readonly Candidate[]; readonly isLast: boolean }> {
  const maxTraces = isSparse(filter) ? MAX_STRETCHES : MAX_STEP_TRACES;
  const limit = Math.min(maxTraces, Math.ceil(maxObservations / USUAL_OBSERVATIONS_A_TRACE));
  const rows = await readFilteredPage(source, filter, after, limit, CANDIDATE_COLUMNS);
  const candidates: Candidate[] = [];
  let observations = 0;
  for (const [traceId, startUs, lastStartUs, count] of rows) {
    observations += Number(count);
    if (observations > maxObservations && candidates.length > 0) return { candidates, isLast: false };
    candidates.push({
      traceId: String(traceId),
      startUs: Number(startUs),
      lastStartUs: Number(lastStartUs),
      observations: Number(count),
    });
  }
  return { candidates, isLast: rows.length < limit };
}

type Place = Pick<Candidate, 'traceId' | 'startUs' | 'lastStartUs'>;

/** The ids of those traces that have the filter's text somewhere, and of some others. */
export async function readMatches(
  source: RowSource,
  filter: TraceFilter & { readonly text: string },
  traces: readonly Place[],
): Promise<ReadonlySet<string>> {
  const stretches = stretchesOf(traces, isSparse(filter));
  const ids = new Set<string>();
  for (let from = 0; from < stretches.length; from += MAX_STRETCHES) {
    const rows = await source.rows(matchQuery(filter.text, stretches.slice(from, from + MAX_STRETCHES)));
    for (const [traceId] of rows) ids.add(String(traceId));
  }
  return ids;
}

interface Stretch {
  readonly fromUs: number;
  toUs: number;
  readonly traceIds: string[];
}

function matchQuery(text: string, stretches: readonly Stretch[]): Query {
  const values: NonNullable<Query['values']> = { text_pattern: textPattern(text) };
  const types: NonNullable<Query['types']> = {};
  const parts = stretches.map(({ fromUs, toUs, traceIds }, index) => {
    values[`from_ns_${index}`] = BigInt(fromUs) * 1000n;
    values[`to_ns_${index}`] = BigInt(toUs) * 1000n + 999n;
    const within = `start_ns BETWEEN $from_ns_${index} AND $to_ns_${index}`;
    if (traceIds.length > MAX_IDS_A_STRETCH) return `SELECT trace_id FROM all_observations\n  WHERE ${within}`;
    // Not a join, which would come after the look at the texts.
    values[`ids_${index}`] = listValue([...traceIds]);
    types[`ids_${index}`] = LIST(VARCHAR);
    return `SELECT trace_id FROM all_observations
  WHERE ${within} AND list_contains($ids_${index}, trace_id)`;
  });
  const sql = parts.map((part) => `${part} AND ${TEXT_MATCH_SQL}`).join('\nUNION ALL\n');
  return { sql: `SELECT DISTINCT trace_id FROM (\n${sql})`, values, types };
}

/**
 * Where their observations are. The traces of one user lie far apart, and what is between them is not read; without such a
 * filter nothing else is between them.
 */
function stretchesOf(traces: readonly Place[], isSparse: boolean): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { traceId, startUs, lastStartUs } of [...traces].sort((left, right) => left.startUs - right.startUs)) {
    const last = stretches.at(-1);
    if (last && (!isSparse || startUs - last.toUs <= MAX_GAP_US)) {
      last.toUs = Math.max(last.toUs, lastStartUs);
      last.traceIds.push(traceId);
    } else {
      stretches.push({ fromUs: startUs, toUs: lastStartUs, traceIds: [traceId] });
    }
  }
  return stretches;
}

/** Whether the filter has conditions that leave traces out of the middle of the list. */
function isSparse({ text, fromUs, toUs, ...others }: TraceFilter): boolean {
  return Object.values(others).some((value) => value !== undefined);
}
