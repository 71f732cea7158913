import type { FoldOutcome } from '../../duckdb/intake/span-status.js';
import { toMicros } from '../../duckdb/intake/trace-state.js';
import type { StoredObservation } from '../../duckdb/schema/observation-columns.js';
import type { EncodedLine, EncodedObservation } from './decoded-batch.js';
import type { FoldedTrace } from './folded-trace.js';

/** A version that lies elsewhere in the table than the one that takes its place, so that no merge removes it. */
export interface MovedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly startUs: number;
}

const SLOT_US = 10_000_000;

/** What one batch brings that is not there yet. */
export class BatchChanges {
  /** Versions to write, one a span. */
  readonly #fresh = new Map<string, EncodedLine>();
  readonly #startedHere = new Set<string>();
  readonly moved: MovedSpan[] = [];
  /** Traces that are new or changed, in the order in which they came. */
  readonly changedTraceIds = new Set<string>();
  insertedSpans = 0;
  insertedStarts = 0;
  duplicates = 0;

  get fresh(): readonly EncodedLine[] {
    return [...this.#fresh.values()];
  }

  /** Folds the versions into their traces. */
  take(observations: readonly EncodedObservation[], traces: ReadonlyMap<string, FoldedTrace>): void {
    for (const { observation, line } of observations) {
      const trace = traces.get(observation.traceId);
      if (!trace) continue;
      const before = trace.span(observation.spanId);
      const outcome = trace.add(observation);
      if (outcome === 'duplicate') this.duplicates += 1;
      if (outcome === 'duplicate' || outcome === 'superseded') continue;
      this.#note(observation, outcome, before);
      this.#fresh.set(keyOf(observation), line);
    }
  }

  #note(observation: StoredObservation, outcome: FoldOutcome, before: StoredObservation | undefined): void {
    const { traceId, spanId } = observation;
    const key = keyOf(observation);
    this.changedTraceIds.add(traceId);
    if (outcome === 'ended') {
      this.insertedSpans += 1;
      if (this.#startedHere.delete(key)) this.insertedStarts -= 1;
    }
    if (outcome === 'started') {
      this.insertedStarts += 1;
      this.#startedHere.add(key);
    }
    if (before && !this.#fresh.has(key) && slotOf(before) !== slotOf(observation)) {
      this.moved.push({ traceId, spanId, startUs: toMicros(before.startTimeUnixNano) });
    }
  }
}

function keyOf({ traceId, spanId }: StoredObservation): string {
  return traceId + spanId;
}

/** What the table is sorted by before the trace. */
function slotOf({ startTimeUnixNano }: StoredObservation): number {
  return Math.floor(toMicros(startTimeUnixNano) / SLOT_US);
}
