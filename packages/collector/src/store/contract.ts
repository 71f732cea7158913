/**
 * Where observations live and are asked for. Any implementation MUST pass `describeStore` (`store/suite/`).
 *
 * Writing: a call that fails may be made again, and the rows are stored once; a call that resolves has all of them, and
 * the cursor where the store keeps one, durable. In DuckDB they become visible together or not at all. In ClickHouse,
 * which has no transaction over tables, they become visible table by table: first observations, then the rows of the
 * list, so that a trace can be opened a moment before the list counts its newest spans, and never the other way round.
 * A span is identified by (trace id, span id). A completed version supersedes a running one whatever the order of
 * arrival; between two that both run, or have both ended, the one with the higher revision counts. Any other version
 * changes nothing but the count of duplicates, so that what comes twice is stored once.
 */
import type {
  Facets,
  ObservationDetail,
  ObservationRow,
  ScoreRow,
  Series,
  SqlRequest,
  SqlResult,
  TraceDetail,
  TraceFilter,
  TraceList,
  TraceListQuery,
  TraceSummary,
} from '@slipstream/query-api';
import type { SeriesRequest } from './series.js';

export type { SeriesRequest } from './series.js';

/**
 * Raw entries of the queue; the store's own thread decodes and maps them. Each is an export request or scores
 * (`scores/payload.ts`), which its first byte tells. A score is identified by its id: the one that comes last counts.
 */
export interface StoreBatch {
  readonly payloads: readonly Uint8Array[];
  /** The id of the last queue entry in the batch; `undefined` where the queue alone keeps the place. */
  readonly cursor: number | undefined;
}

export interface StoreWriteResult {
  readonly insertedSpans: number;
  readonly insertedStarts: number;
  /** Spans and starts that were there already, also in this batch. */
  readonly duplicates: number;
  /** Payloads that could not be decoded; the caller dead-letters them. */
  readonly undecodable: readonly number[];
  /** Traces that are new or changed. */
  readonly changedTraceIds: readonly string[];
}

export interface StoreCounts {
  readonly spans: number;
  readonly runningSpans: number;
  readonly traces: number;
  readonly duplicates: number;
  readonly bytes: number;
  /** By the process that sent them: all that were stored, also those that retention has removed since. */
  readonly spansByInstance: Readonly<Record<string, number>>;
}

/** Rows in full, for exports and look-ups: those that begin at or after `fromUs` and before `toUs`. */
export interface ScanQuery {
  readonly what: 'observations' | 'scores';
  readonly fromUs?: number | undefined;
  readonly toUs?: number | undefined;
  readonly traceId?: string | undefined;
  /** Only with `traceId`. */
  readonly spanId?: string | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  /** Rows of a page at most; fewer come where they are large. */
  readonly limit: number;
}

export interface ScanPage {
  readonly rows: readonly (ObservationRow | ScoreRow)[];
  /** `undefined` on the last page. */
  readonly next: string | undefined;
}

/** What is too old, or too much; whole traces go, the oldest first. */
export interface RetentionPolicy {
  /** Traces whose last observation began before this go. */
  readonly beforeUs?: number | undefined;
  /** While the store holds more than this, the oldest go. */
  readonly maxBytes?: number | undefined;
}

export interface PruneResult {
  readonly removedTraces: number;
  readonly removedSpans: number;
  /** Whether more is to go: one call does a bounded share of the work, so that writes are not held up. */
  readonly hasMore: boolean;
}

export interface Store {
  readonly kind: 'duckdb' | 'clickhouse';
  /** The queue id up to which rows are durable, 0 in an empty store; `undefined` where the store keeps no cursor. */
  cursor(): Promise<number | undefined>;
  write(batch: StoreBatch): Promise<StoreWriteResult>;
  listTraces(query: TraceListQuery): Promise<TraceList>;
  /** `undefined` where there is no such trace. */
  trace(traceId: string): Promise<TraceDetail | undefined>;
  observation(traceId: string, spanId: string, full: boolean): Promise<ObservationDetail | undefined>;
  /** Those of the given traces that match, for the live stream; at most 500 ids a call. */
  summaries(traceIds: readonly string[], filter: TraceFilter): Promise<readonly TraceSummary[]>;
  facets(): Promise<Facets>;
  /**
   * Volume and percentiles over time, of observations that have ended, each in its version that counts and at the time at
   * which it began. After a removal, minutes in which anything that is left may have begun MAY still count what went.
   */
  series(request: SeriesRequest): Promise<Series>;
  counts(): Promise<StoreCounts>;
  /** In the order of their start; what is written meanwhile may or may not be in it. */
  scan(query: ScanQuery): Promise<ScanPage>;
  /** One statement that reads; anything else is refused with `sql_refused`, and `query_timeout` past its time. */
  sql(request: SqlRequest): Promise<SqlResult>;
  prune(policy: RetentionPolicy): Promise<PruneResult>;
  /** Whether writes and queries work at this moment; used by `/ready`. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
