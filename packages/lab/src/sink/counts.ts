/** What arrived at the sink since it was last reset. */
export interface SinkCounts {
  /** Spans with different ids. */
  readonly distinctSpans: number;
  /** Spans, the ones that were sent again included. */
  readonly spans: number;
  /** Trace requests. */
  readonly requests: number;
  /** Bytes of their bodies as sent; of the lines, where spans come by a file. */
  readonly wireBytes: number;
  /** The same after decompression. */
  readonly bodyBytes: number;
  /** Requests for anything but traces (agent information, telemetry). */
  readonly otherRequests: number;
  /** Trace requests that could not be counted. */
  readonly malformed: number;
  /** Different labels (see `labels.ts`), where it was told to look for them. */
  readonly labels?: number;
}

/** Calls back with the id of each span in a body. */
export type SpanVisitor = (spanId: string) => void;

/** The running totals behind {@link SinkCounts}. */
export interface SinkLedger {
  readonly addSpan: SpanVisitor;
  addRequest(wireBytes: number, bodyBytes: number): void;
  /** Bytes that came by a file rather than in a request. */
  addLogged(bytes: number): void;
  addOther(): void;
  addMalformed(): void;
  addLabel(key: string): void;
  counts(): SinkCounts;
  reset(): void;
}

/** Makes an empty ledger. */
export function createSinkLedger(): SinkLedger {
  const ids = new Set<string>();
  const labels = new Set<string>();
  let totals = emptyTotals();
  return {
    addSpan(spanId) {
      ids.add(spanId);
      totals.spans++;
    },
    addRequest(wireBytes, bodyBytes) {
      totals.requests++;
      totals.wireBytes += wireBytes;
      totals.bodyBytes += bodyBytes;
    },
    addLogged(bytes) {
      totals.wireBytes += bytes;
      totals.bodyBytes += bytes;
    },
    addOther() {
      totals.otherRequests++;
    },
    addMalformed() {
      totals.malformed++;
    },
    addLabel: (key) => void labels.add(key),
    counts: () => ({ distinctSpans: ids.size, ...totals, ...(labels.size === 0 ? {} : { labels: labels.size }) }),
    reset() {
      ids.clear();
      labels.clear();
      totals = emptyTotals();
    },
  };
}

function emptyTotals() {
  return { spans: 0, requests: 0, wireBytes: 0, bodyBytes: 0, otherRequests: 0, malformed: 0 };
}
