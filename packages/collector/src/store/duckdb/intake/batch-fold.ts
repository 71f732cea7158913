import type { ScoreEntry } from '../../../scores/payload.js';
import { StoreError } from '../../errors.js';
import type { StoredObservation } from '../schema/observation-columns.js';
import type { ScoreRow } from '../schema/score-columns.js';
import { MetadataChanges } from './metadata-changes.js';
import type { TraceState } from './trace-state.js';

export interface SpanId {
  readonly traceId: string;
  readonly spanId: string;
}

/** What one batch adds to and takes from the tables, gathered while it is decoded; ended spans are not held here. */
export class BatchFold {
  readonly nowUs = Date.now() * 1000;
  /** Traces that are new or changed. */
  readonly traces = new Map<string, TraceState>();
  readonly metadata = new MetadataChanges();
  /** Spans whose running version is in the database and now obsolete. */
  readonly obsoleteStarts: SpanId[] = [];
  /** Ended spans by `service.instance.id`. */
  readonly spansByInstance = new Map<string, number>();
  /** Scores by id: the last of each counts. */
  readonly scores = new Map<string, ScoreRow>();
  readonly #started = new Map<string, StoredObservation>();
  endedCount = 0;
  duplicates = 0;

  /** Spans that have started and not ended within the batch. */
  get started(): readonly StoredObservation[] {
    return [...this.#started.values()];
  }

  takeScores(scores: readonly ScoreEntry[]): void {
    for (const score of scores) {
      this.scores.set(score.id, { ...score, metadata: new Map(Object.entries(score.metadata)) });
    }
  }

  /** Folds observations into their traces and gives those that are to be stored as ended. */
  fold(observations: readonly StoredObservation[], states: ReadonlyMap<string, TraceState>): StoredObservation[] {
    const ended: StoredObservation[] = [];
    for (const observation of observations) {
      const state = states.get(observation.traceId);
      if (!state) throw new StoreError('store_failed', `no state for trace ${observation.traceId}`);
      if (this.#foldInto(state, observation) === 'ended') ended.push(observation);
    }
    this.endedCount += ended.length;
    return ended;
  }

  #foldInto(state: TraceState, observation: StoredObservation): string {
    const wasRunning = state.isRunning(observation.spanId);
    const outcome = state.fold(observation, this.metadata);
    if (outcome === 'duplicate') this.duplicates += 1;
    if (outcome === 'duplicate' || outcome === 'superseded') return outcome;
    state.newsUs = this.nowUs;
    this.traces.set(state.traceId, state);
    const key = observation.traceId + observation.spanId;
    if (outcome === 'started') {
      this.#started.set(key, observation);
      return outcome;
    }
    const { traceId, spanId, serviceInstanceId: instance } = observation;
    // A start that came in this very batch is in no table yet.
    if (wasRunning && !this.#started.delete(key)) this.obsoleteStarts.push({ traceId, spanId });
    if (instance !== undefined) this.spansByInstance.set(instance, (this.spansByInstance.get(instance) ?? 0) + 1);
    return outcome;
  }
}
