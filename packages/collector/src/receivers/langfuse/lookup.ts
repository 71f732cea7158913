import type { ObservationRow } from '@slipstream/query-api';

/**
 * What is stored of observations, for the events that add to them. `mark` says how far storing must have come before an
 * answer counts. Both questions reject where the store does not get there, or does not answer, within a bounded time.
 */
export interface ObservationLookup {
  /** Whether nobody else adds to the queue: what this process knows of an entity then stays true. */
  readonly isExclusive: boolean;
  /** Behind everything that is in the queue at this moment. */
  mark(): number;
  /** Those of some traces of which anything is stored; one question for all of them. */
  storedTraces(traceIds: readonly string[], mark: number): Promise<ReadonlySet<string>>;
  find(traceId: string, spanId: string, mark: number): Promise<ObservationRow | undefined>;
}
