import { type FoldOutcome, outcomeBeside, statusOf } from '../../duckdb/intake/span-status.js';
import { CONVERSATION_KEY, TraceState, toMicros } from '../../duckdb/intake/trace-state.js';
import type { StoredObservation } from '../../duckdb/schema/observation-columns.js';
import type { TraceRow } from '../../duckdb/schema/trace-columns.js';
import { type TraceCounts, traceVersion } from '../schema/versions.js';
import { addMetadataTerms, conversationTerm } from './terms.js';

/** The row of a trace, and what only ClickHouse keeps of it. */
export interface FoldedRow {
  readonly row: TraceRow;
  readonly version: bigint;
  readonly terms: ReadonlySet<string>;
  readonly hasMoreTerms: boolean;
  readonly endedSpans: number;
  /** Ended spans by the process that sent them. */
  readonly instances: ReadonlyMap<string, number>;
}

/**
 * The versions that count of a trace's spans, as far as this collector knows, and their fold. It depends on the versions
 * alone, so any collector that has seen the same spans writes the same row.
 */
export class FoldedTrace {
  readonly traceId: string;
  readonly #spans = new Map<string, StoredObservation>();
  #endedSpans = 0;
  #revisionSum = 0n;
  /** Of a trace that is too large to be folded whole. */
  #counts: TraceCounts | undefined;
  #instances: ReadonlyMap<string, number> | undefined;
  /** `undefined` after a version took the place of another, until the next row is made. */
  #state: TraceState | undefined;

  constructor(traceId: string) {
    this.traceId = traceId;
    this.#state = new TraceState(traceId);
  }

  get spanCount(): number {
    return this.#spans.size;
  }

  get version(): bigint {
    return traceVersion(this.#trueCounts());
  }

  /** How much is stored of a trace of which only a part is here. */
  setStored(counts: TraceCounts, instances: ReadonlyMap<string, number>): void {
    this.#counts = counts;
    this.#instances = instances;
  }

  /** The version that counts so far. */
  span(spanId: string): StoredObservation | undefined {
    return this.#spans.get(spanId);
  }

  /** Takes a version in where it counts. */
  add(observation: StoredObservation): FoldOutcome {
    const known = this.#spans.get(observation.spanId);
    const outcome = outcomeBeside(known && statusOf(known), observation);
    if (outcome === 'duplicate' || outcome === 'superseded') return outcome;
    this.#count(observation, 1);
    if (known) this.#count(known, -1);
    // A version that is replaced cannot be taken out of the fold.
    if (known) this.#state = undefined;
    else this.#state?.fold(observation);
    this.#spans.set(observation.spanId, observation);
    return outcome;
  }

  toRow(newsUs: number): FoldedRow {
    this.#state ??= this.#foldAnew();
    this.#state.newsUs = newsUs;
    const { spans, endedSpans } = this.#trueCounts();
    const row = { ...this.#state.toRow(), observationCount: spans, runningCount: spans - endedSpans };
    const terms = new Set<string>();
    if (row.sessionId !== undefined) terms.add(conversationTerm(row.sessionId));
    let hasAllTerms = this.#addTerms(terms, row.metadata);
    for (const { metadata } of this.#spans.values()) hasAllTerms = hasAllTerms && this.#addTerms(terms, metadata);
    const instances = this.#instances ?? this.#countInstances();
    return { row, version: this.version, terms, hasMoreTerms: !hasAllTerms, endedSpans, instances };
  }

  /** First and last start. */
  bounds(): { firstUs: number; lastUs: number } {
    let [firstUs, lastUs] = [Number.MAX_SAFE_INTEGER, 0];
    for (const { startTimeUnixNano } of this.#spans.values()) {
      const startUs = toMicros(startTimeUnixNano);
      firstUs = Math.min(firstUs, startUs);
      lastUs = Math.max(lastUs, startUs);
    }
    return { firstUs, lastUs };
  }

  #countInstances(): Map<string, number> {
    const instances = new Map<string, number>();
    for (const { endTimeUnixNano, serviceInstanceId } of this.#spans.values()) {
      if (endTimeUnixNano === undefined || serviceInstanceId === undefined) continue;
      instances.set(serviceInstanceId, (instances.get(serviceInstanceId) ?? 0) + 1);
    }
    return instances;
  }

  #trueCounts(): TraceCounts {
    const known = { spans: this.#spans.size, endedSpans: this.#endedSpans, revisionSum: this.#revisionSum };
    return this.#counts ?? known;
  }

  #addTerms(terms: Set<string>, metadata: ReadonlyMap<string, string>): boolean {
    const conversation = metadata.get(CONVERSATION_KEY);
    if (conversation !== undefined) terms.add(conversationTerm(conversation));
    return addMetadataTerms(terms, metadata);
  }

  #count({ endTimeUnixNano, revision }: StoredObservation, sign: 1 | -1): void {
    if (endTimeUnixNano !== undefined) this.#endedSpans += sign;
    this.#revisionSum += BigInt(sign * revision);
  }

  #foldAnew(): TraceState {
    const state = new TraceState(this.traceId);
    for (const observation of this.#spans.values()) state.fold(observation);
    return state;
  }
}
