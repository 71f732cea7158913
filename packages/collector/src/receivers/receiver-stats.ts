import type { Status } from '@slipstream/query-api';

/** The receiver's part of the books, since this collector started. */
export interface ReceiverStats {
  requests: number;
  acceptedSpans: number;
  acceptedStarts: number;
  rejectedSpans: number;
  /** Scores made durable, and those refused. */
  acceptedScores: number;
  rejectedScores: number;
  /** Bytes of bodies as they came. */
  receivedBytes: number;
  readonly refusedByStatus: Map<number, number>;
  /** Events of Langfuse's ingestion API, by `<type> <accepted|rejected|repeated>`. */
  readonly ingestionEvents: Map<string, number>;
}

export function createReceiverStats(): ReceiverStats {
  return {
    requests: 0,
    acceptedSpans: 0,
    acceptedStarts: 0,
    rejectedSpans: 0,
    acceptedScores: 0,
    rejectedScores: 0,
    receivedBytes: 0,
    refusedByStatus: new Map(),
    ingestionEvents: new Map(),
  };
}

/** Counts a request that was refused as a whole. */
export function countRefusal({ refusedByStatus }: ReceiverStats, httpStatus: number): void {
  refusedByStatus.set(httpStatus, (refusedByStatus.get(httpStatus) ?? 0) + 1);
}

/** As the status answer shows it. */
export function toReceiverStatus(stats: ReceiverStats): Status['receiver'] {
  return {
    requests: stats.requests,
    acceptedSpans: stats.acceptedSpans,
    acceptedStarts: stats.acceptedStarts,
    rejectedSpans: stats.rejectedSpans,
    refused: Object.fromEntries([...stats.refusedByStatus].map(([status, count]) => [String(status), count])),
  };
}
