import type { ScoreEntry } from '../../../scores/payload.js';
import { StoreError } from '../../errors.js';
import type { StoredObservation } from '../schema/observation-columns.js';
import type { ScoreRow } from '../schema/score-columns.js';
import { MetadataChanges } from './metadata-changes.js';
import { type Counted, SeriesFold } from './series-fold.js';
import type { TraceState } from './trace-state.js';

export interface SpanId {
  readonly traceId: string;
  readonly spanId: string;
}

/** What has to be known of an ended version to take back what it counted. */
export type RemovedEnd = Counted & Pick<StoredObservation, 'serviceInstanceId'>;

/** What became of the observations that were folded. */
export interface Folded {
  /** To be stored as ended. */
  readonly ended: readonly StoredObservation[];
  /**
   * Versions that take the place of others, and what came behind them of the same traces, in order: nothing of these is
   * folded yet.
   */
  readonly revised: readonly StoredObservation[];
}

/** What one batch adds to and takes from the tables, gathered while it is decoded; ended spans are not held here. */
export class BatchFold {
  readonly nowUs = Date.now() * 1000;
  /** Traces that are new or changed. */
  readonly traces = new Map<string, TraceState>();
  readonly metadata = new MetadataChanges();
  /** Sums over time. */
  readonly series = new SeriesFold();
  /** Spans whose running version is in the database and now obsolete. */
  readonly obsoleteStarts: SpanId[] = [];
  /** Ended spans by `service.instance.id`; fewer than none where a revision came from another process. */
  readonly spansByInstance = new Map<string, number>();
  /** Scores by id: the last of each counts. */
  readonly scores = new Map<string, ScoreRow>();
  readonly #started = new Map<string, StoredObservation>();
  /** Of those, the ones that were in the database before with a lower revision. */
  readonly #restarted = new Set<string>();
  endedCount = 0;
  duplicates = 0;

  /** Spans that have started and not ended within the batch. */
  get started(): readonly StoredObservation[] {
    return [...this.#started.values()];
  }

  /** How many of those are new. */
  get startedCount(): number {
    return this.#started.size - this.#restarted.size;
  }

  startedOf(traceIds: ReadonlySet<string>): StoredObservation[] {
    return this.started.filter(({ traceId }) => traceIds.has(traceId));
  }

  takeScores(scores: readonly ScoreEntry[]): void {
    for (const score of scores) {
      this.scores.set(score.id, { ...score, metadata: new Map(Object.entries(score.metadata)) });
    }
  }

  /** Folds observations into their traces. */
  fold(observations: readonly StoredObservation[], states: ReadonlyMap<string, TraceState>): Folded {
    const ended: StoredObservation[] = [];
    const revised: StoredObservation[] = [];
    const revisedTraces = new Set<string>();
    for (const observation of observations) {
      const state = states.get(observation.traceId);
      if (!state) throw new StoreError('store_failed', `no state for trace ${observation.traceId}`);
      const outcome = revisedTraces.has(state.traceId) ? 'revised' : this.#foldInto(state, observation);
      if (outcome === 'ended') ended.push(observation);
      if (outcome !== 'revised') continue;
      revisedTraces.add(state.traceId);
      revised.push(observation);
    }
    return { ended, revised };
  }

  #foldInto(state: TraceState, observation: StoredObservation): string {
    const wasRunning = state.isRunning(observation.spanId);
    const outcome = state.fold(observation, this.metadata);
    if (outcome === 'duplicate') this.duplicates += 1;
    if (outcome === 'started' || outcome === 'ended') {
      this.noteChanged(state);
      if (outcome === 'started') this.noteStart(observation, false);
      else this.noteEnd(observation, wasRunning);
    }
    return outcome;
  }

  noteChanged(state: TraceState): void {
    state.newsUs = this.nowUs;
    this.traces.set(state.traceId, state);
  }

  /** @param isRevision whether a running version of it is known already */
  noteStart(observation: StoredObservation, isRevision: boolean): void {
    const key = keyOf(observation);
    if (isRevision && !this.#started.has(key)) this.#restarted.add(key);
    this.#started.set(key, observation);
  }

  /** A span that has not ended before. */
  noteEnd(observation: StoredObservation, wasRunning: boolean): void {
    const { traceId, spanId, serviceInstanceId } = observation;
    this.endedCount += 1;
    // A start that came in this very batch is in no table yet.
    if (wasRunning && !this.#dropStart(keyOf(observation))) this.obsoleteStarts.push({ traceId, spanId });
    this.addToInstance(serviceInstanceId, 1);
    this.series.add(observation);
  }

  /** A version of a span that has ended takes the place of another. */
  noteEndRevised(observation: StoredObservation): void {
    this.addToInstance(observation.serviceInstanceId, 1);
    this.series.add(observation);
  }

  /** An ended version went from its table. */
  noteEndRemoved(removed: RemovedEnd): void {
    this.addToInstance(removed.serviceInstanceId, -1);
    this.series.remove(removed);
  }

  addToInstance(instance: string | undefined, spans: number): void {
    if (instance !== undefined) this.spansByInstance.set(instance, (this.spansByInstance.get(instance) ?? 0) + spans);
  }

  /** Whether the start came in this batch; one that it took the place of has been removed from its table already. */
  #dropStart(key: string): boolean {
    this.#restarted.delete(key);
    return this.#started.delete(key);
  }
}

export function keyOf({ traceId, spanId }: SpanId): string {
  return traceId + spanId;
}
