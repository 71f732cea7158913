/** What arrived at the sink since it was last reset. */
export interface SinkCounts {
  /** Spans with different ids. */
  readonly distinctSpans: number;
  /** Spans, the ones that were sent again included. */
  readonly spans: number;
  /** Trace requests. */
  readonly requests: number;
  /** Bytes of their bodies as sent. */
  readonly wireBytes: number;
  /** The same after decompression. */
  readonly bodyBytes: number;
  /** Requests for anything but traces (agent information, telemetry). */
  readonly otherRequests: number;
  /** Trace requests that could not be counted. */
  readonly malformed: number;
}

/** Calls back with the id of each span in a body. */
export type SpanVisitor = (spanId: string) => void;

/** The running totals behind {@link SinkCounts}. */
export interface SinkLedger {
  readonly addSpan: SpanVisitor;
  addRequest(wireBytes: number, bodyBytes: number): void;
  addOther(): void;
  addMalformed(): void;
  counts(): SinkCounts;
  reset(): void;
}

/** Makes an empty ledger. */
export function createSinkLedger(): SinkLedger {
  const ids = new Set<string>();
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
    addOther() {
      totals.otherRequests++;
    },
    addMalformed() {
      totals.malformed++;
    },
    counts: () => ({ distinctSpans: ids.size, ...totals }),
    reset() {
      ids.clear();
      totals = emptyTotals();
    },
  };
}

function emptyTotals() {
  return { spans: 0, requests: 0, wireBytes: 0, bodyBytes: 0, otherRequests: 0, malformed: 0 };
}
