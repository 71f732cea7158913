/**
 * Where observations live and are asked for. Any implementation MUST pass `describeStore` (`store/suite.ts`).
 *
 * Writing: rows of one call and the cursor become visible together or not at all. A span is identified by
 * (trace id, span id); a completed version supersedes a running one whatever the order of arrival, and a second
 * completed version of the same span changes nothing but the count of duplicates.
 */
import type {
  Facets,
  ObservationDetail,
  TraceDetail,
  TraceFilter,
  TraceList,
  TraceListQuery,
  TraceSummary,
} from '@slipstream/query-api';

/**
 * Raw entries of the queue; the store's own thread decodes and maps them. Each is an export request or scores
 * (`scores/payload.ts`), which its first byte tells. A score is identified by its id: the one that comes last counts.
 */
export interface StoreBatch {
  readonly payloads: readonly Uint8Array[];
  /** The id of the last queue entry in the batch, committed in the same transaction. */
  readonly cursor: number;
}

export interface StoreWriteResult {
  readonly insertedSpans: number;
  readonly insertedStarts: number;
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
  readonly spansByInstance: Readonly<Record<string, number>>;
}

export interface Store {
  /** The queue id up to which rows are durable; 0 in an empty store. */
  cursor(): Promise<number>;
  write(batch: StoreBatch): Promise<StoreWriteResult>;
  listTraces(query: TraceListQuery): Promise<TraceList>;
  /** `undefined` where there is no such trace. */
  trace(traceId: string): Promise<TraceDetail | undefined>;
  observation(traceId: string, spanId: string, full: boolean): Promise<ObservationDetail | undefined>;
  /** Those of the given traces that match, for the live stream; at most 500 ids a call. */
  summaries(traceIds: readonly string[], filter: TraceFilter): Promise<readonly TraceSummary[]>;
  facets(): Promise<Facets>;
  counts(): Promise<StoreCounts>;
  /** Whether writes and queries work at this moment; used by `/ready`. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
