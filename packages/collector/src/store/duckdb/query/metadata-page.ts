import type { TraceFilter } from '@slipstream/query-api';
import type { RowSource } from '../database/query-pool.js';
import type { SqlValue } from '../schema/columns.js';
import type { ListPosition } from './list-cursor.js';
import {
  type AnchorBounds,
  type Anchors,
  type Candidate,
  keepMeant,
  MAX_SEPARATE_TRACES,
  readAnchors,
} from './metadata-anchors.js';
import { type MetadataCondition, metadataConditionsOf } from './metadata-condition.js';
import { TraceConditions } from './trace-filter.js';
import { tracePageQuery } from './trace-page.js';
import { placesQuery } from './trace-places.js';

/** Rows of metadata of the first chunk, more than the engine's `late_materialization_max_rows`; then four times as many. */
const FIRST_CHUNK_ROWS = 1_024;
const CHUNK_GROWTH = 4;
const MAX_CHUNK_ROWS = 16 * FIRST_CHUNK_ROWS;
/** The later chunks are this many times the first, which shows whether they would fill the page. */
const LATER_CHUNKS_SHARE = 20;
/** Steps of `MAX_SEPARATE_TRACES` that go through the traces that meet the other conditions. */
const MAX_TRACE_STEPS = 4;
/** Traces that run across the newest time that is asked about. */
const MAX_STRADDLING = 1_000;
/** As many ids are handed over as a list; more are joined, which builds a table of all traces and takes half a second. */
const MAX_LISTED_IDS = 5_000;
const CANDIDATE_COLUMNS = ['trace_id', 'start_us', 'last_start_us', 'session_id'];

/**
 * The next places in the list that meet the filter, without regard to its text; fewer than `limit` only where there are no
 * more. The list is covered from its newest end on by what promises most: rows of metadata, or the traces that meet the
 * other conditions. Where both are frequent and yet seldom meet, all traces are joined with all metadata.
 */
export async function readPlacesByMetadata(
  source: RowSource,
  filter: TraceFilter,
  after: ListPosition | undefined,
  limit: number,
): Promise<readonly ListPosition[]> {
  const page = new MetadataPage(source, filter, after, limit);
  await page.searchFirst();
  if (hasRowFilter(filter)) await page.searchTraces();
  await page.searchChunks();
  await page.searchRest();
  return page.places();
}

interface Chunk {
  readonly condition: MetadataCondition;
  readonly anchors: Anchors;
}

class MetadataPage {
  readonly #source: RowSource;
  readonly #filter: TraceFilter;
  readonly #conditions: readonly MetadataCondition[];
  readonly #after: ListPosition | undefined;
  readonly #limit: number;
  readonly #found = new Map<string, ListPosition>();
  readonly #lookedAt = new Set<string>();
  /** Of the traces that start later than this, all that match are found. */
  #coveredUs = Number.POSITIVE_INFINITY;
  /** Times within which the anchors are. */
  readonly #bounds: AnchorBounds;
  /** What the anchors have to be told about: the conditions that they were not found by. */
  #others: readonly MetadataCondition[] = [];
  #chunk: Chunk | undefined;
  #chunkRows = FIRST_CHUNK_ROWS;
  /** How far in time the first chunk got. */
  #chunkTookUs = 0;

  constructor(source: RowSource, filter: TraceFilter, after: ListPosition | undefined, limit: number) {
    this.#source = source;
    this.#filter = filter;
    this.#conditions = metadataConditionsOf(filter);
    this.#after = after;
    this.#limit = limit;
    const { fromUs, toUs } = filter;
    const newestUs = Math.min(toUs ?? Number.POSITIVE_INFINITY, after?.startUs ?? Number.POSITIVE_INFINITY);
    this.#bounds = { fromUs, toUs: Number.isFinite(newestUs) ? newestUs : undefined };
  }

  get isFull(): boolean {
    return this.#coveredUs === Number.NEGATIVE_INFINITY || this.#covered().length >= this.#limit;
  }

  places(): readonly ListPosition[] {
    return this.#covered().sort(inOrderOfList).slice(0, this.#limit);
  }

  /** By the first rows of metadata, from the newest on, of the condition that the fewest meet. */
  async searchFirst(): Promise<void> {
    const { toUs } = this.#bounds;
    if (toUs !== undefined && !(await this.#addStraddling(toUs))) return;
    const [first, ...others] = await this.#firstChunks();
    if (!first) return;
    this.#others = others.map(({ condition }) => condition);
    await this.#addAnchored(first.anchors);
    this.#chunk = first;
    this.#chunkTookUs = (first.anchors.list[0]?.startUs ?? 0) - this.#coveredUs;
    const wouldFill = this.#covered().length * LATER_CHUNKS_SHARE >= this.#limit;
    if (wouldFill) await this.searchChunks();
  }

  /** By the traces that meet the other conditions, as those of one user, while that gets farther than the first chunk. */
  async searchTraces(): Promise<void> {
    for (let step = 0; step < MAX_TRACE_STEPS && !this.isFull; step++) {
      const columns = CANDIDATE_COLUMNS;
      const query = tracePageQuery(this.#rest().addRowFilter(this.#filter), MAX_SEPARATE_TRACES, { columns });
      const candidates = (await this.#source.rows(query)).map(toCandidate);
      this.#add(await keepMeant(this.#source, this.#conditions, candidates));
      const last = candidates.at(-1);
      const isLast = candidates.length < MAX_SEPARATE_TRACES || !last;
      const coveredUs = isLast ? Number.NEGATIVE_INFINITY : last.startUs;
      // Others may start at the same time as the last.
      const tookUs = Math.min(this.#coveredUs, candidates[0]?.startUs ?? 0) - coveredUs;
      this.#coveredUs = Math.min(this.#coveredUs, coveredUs);
      if (tookUs <= this.#chunkTookUs) return;
    }
  }

  /** By more rows of metadata. */
  async searchChunks(): Promise<void> {
    while (!this.isFull && this.#chunk && this.#chunkRows < MAX_CHUNK_ROWS) {
      const { condition, anchors } = this.#chunk;
      this.#chunkRows *= CHUNK_GROWTH;
      const next = await readAnchors(
        this.#source,
        condition,
        { ...this.#bounds, toUs: anchors.downToUs },
        this.#chunkRows,
      );
      this.#chunk = { condition, anchors: next };
      await this.#addAnchored(next);
    }
  }

  /** By a join of all traces with all metadata. */
  async searchRest(): Promise<void> {
    if (this.isFull) return;
    const conditions = (await this.#listedIds()) ?? this.#rest().addFilter(this.#filter);
    const columns = ['trace_id', 'start_us'];
    const rows = await this.#source.rows(tracePageQuery(conditions, this.#limit, { columns }));
    this.#coveredUs = Number.NEGATIVE_INFINITY;
    this.#add(rows.map(([traceId, startUs]) => ({ traceId: String(traceId), startUs: Number(startUs) })));
  }

  async #listedIds(): Promise<TraceConditions | undefined> {
    const { with: withSql, idSets, values, types } = new TraceConditions().addMetadataFilter(this.#filter);
    if (idSets.length !== 1) return undefined;
    const sql = `${withSql.replace(' AS MATERIALIZED', ' AS')}SELECT trace_id FROM ${idSets[0]} LIMIT ${MAX_LISTED_IDS + 1}`;
    const ids = (await this.#source.rows({ sql, values, types })).map(([traceId]) => String(traceId));
    if (ids.length > MAX_LISTED_IDS) return undefined;
    return this.#rest().addRowFilter(this.#filter).addIds(ids);
  }

  async #firstChunks(): Promise<Chunk[]> {
    const chunks: Chunk[] = [];
    for (const condition of this.#conditions) {
      chunks.push({ condition, anchors: await readAnchors(this.#source, condition, this.#bounds, FIRST_CHUNK_ROWS) });
    }
    const reach = ({ anchors }: Chunk): number => anchors.downToUs ?? anchors.list.length;
    return chunks.sort((left, right) => reach(left) - reach(right));
  }

  /** Traces that began in time, and of which some rows of metadata may be later. */
  async #addStraddling(toUs: number): Promise<boolean> {
    const conditions = this.#rest().addRowFilter(this.#filter).addLastStartAfter(toUs);
    const query = tracePageQuery(conditions, MAX_STRADDLING, { columns: CANDIDATE_COLUMNS });
    const candidates = (await this.#source.rows(query)).map(toCandidate);
    if (candidates.length === MAX_STRADDLING) return false;
    this.#add(await keepMeant(this.#source, this.#conditions, candidates));
    for (const { traceId } of candidates) this.#lookedAt.add(traceId);
    return true;
  }

  async #addAnchored({ list, downToUs }: Anchors): Promise<void> {
    const anchors = list.filter(({ traceId }) => !this.#lookedAt.has(traceId));
    // A page is mostly full with the first few; where the first chunk did not fill it, many are needed.
    const firstCount = this.#chunk ? anchors.length : MAX_SEPARATE_TRACES;
    for (let from = 0, to = firstCount; !this.isFull; from = to, to = anchors.length) {
      const part = anchors.slice(from, to);
      if (part.length > 0) {
        const conditions = new TraceConditions().addAfter(this.#after).addRowFilter(this.#filter);
        const rows = await this.#source.rows(placesQuery(part, conditions, CANDIDATE_COLUMNS));
        this.#add(await keepMeant(this.#source, this.#others, rows.map(toCandidate)));
      }
      for (const { traceId } of part) this.#lookedAt.add(traceId);
      const coveredUs = anchors[to]?.startUs ?? downToUs ?? Number.NEGATIVE_INFINITY;
      this.#coveredUs = Math.min(this.#coveredUs, coveredUs);
      if (to >= anchors.length) return;
    }
  }

  #add(places: readonly ListPosition[]): void {
    for (const { traceId, startUs } of places) this.#found.set(traceId, { traceId, startUs });
  }

  #covered(): ListPosition[] {
    return [...this.#found.values()].filter(({ startUs }) => startUs > this.#coveredUs);
  }

  /** Conditions on the traces behind what is covered. */
  #rest(): TraceConditions {
    const { startUs = Number.POSITIVE_INFINITY } = this.#after ?? {};
    const isBehind = this.#coveredUs < startUs;
    // An id is never empty: what starts at the time itself is among the rest.
    return new TraceConditions().addAfter(isBehind ? { startUs: this.#coveredUs + 1, traceId: '' } : this.#after);
  }
}

function toCandidate([traceId, startUs, lastStartUs, sessionId]: readonly SqlValue[]): Candidate {
  return {
    traceId: String(traceId),
    startUs: Number(startUs),
    lastStartUs: Number(lastStartUs),
    sessionId: sessionId === null || sessionId === undefined ? null : String(sessionId),
  };
}

function inOrderOfList(left: ListPosition, right: ListPosition): number {
  if (left.startUs !== right.startUs) return right.startUs - left.startUs;
  return left.traceId < right.traceId ? 1 : -1;
}

function hasRowFilter({ name, user, service, level }: TraceFilter): boolean {
  return [name, user, service, level].some((value) => value !== undefined);
}
