import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoreBatch, StoreWriteResult } from '../../contract.js';
import { StoreError, toStoreError } from '../../errors.js';
import type { StoredObservation } from '../schema/observation-columns.js';
import type { BatchWriter } from './batch-writer.js';
import { type ComputeCost, decodePayload } from './decode.js';
import type { KnownTraces } from './known-traces.js';
import { MetadataChanges } from './metadata-changes.js';
import type { TraceCache } from './trace-cache.js';
import type { TraceLoader } from './trace-loader.js';
import { TraceState } from './trace-state.js';

/** How long decoding may hold the thread before queries get a turn. */
const SLICE_MS = 10;

export interface IntakeParts {
  readonly writer: BatchWriter;
  readonly loader: TraceLoader;
  readonly cache: TraceCache;
  readonly knownTraces: KnownTraces;
  readonly computeCost: ComputeCost;
  /** Called after each commit. */
  readonly onCommit: (batch: FoldedBatch) => void;
}

export interface SpanId {
  readonly traceId: string;
  readonly spanId: string;
}

/** What a batch adds to and takes from the tables. */
export interface FoldedBatch {
  readonly ended: StoredObservation[];
  readonly started: Map<string, StoredObservation>;
  /** Spans whose running version is in the database and now obsolete. */
  readonly obsoleteStarts: SpanId[];
  readonly metadata: MetadataChanges;
  readonly traces: Map<string, TraceState>;
  readonly cursor: number;
  readonly nowUs: number;
}

/**
 * The one way into the database: decodes a batch, folds each span into its trace, which recognises what is there
 * already, and commits rows and cursor in one transaction. Calls MUST NOT overlap.
 */
export class Intake {
  readonly #parts: IntakeParts;
  duplicates = 0;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  async write(batch: StoreBatch): Promise<StoreWriteResult> {
    const { observations, undecodable } = await this.#decode(batch.payloads);
    const states = await this.#statesOf(observations);
    const { folded, duplicates } = await this.#foldAndCommit(observations, states, batch.cursor);
    this.#parts.cache.keep(folded.traces.values());
    this.duplicates += duplicates;
    return {
      insertedSpans: folded.ended.length,
      insertedStarts: folded.started.size,
      duplicates,
      undecodable,
      changedTraceIds: [...folded.traces.keys()],
    };
  }

  async #foldAndCommit(
    observations: readonly StoredObservation[],
    states: ReadonlyMap<string, TraceState>,
    cursor: number,
  ): Promise<{ folded: FoldedBatch; duplicates: number }> {
    const { cache, knownTraces, onCommit, writer } = this.#parts;
    try {
      const result = this.#fold(observations, states, cursor);
      for (const traceId of result.folded.traces.keys()) knownTraces.add(traceId);
      await writer.commit(result.folded);
      onCommit(result.folded);
      return result;
    } catch (error) {
      // The states may hold what the database does not: all are made again from it.
      cache.clear();
      throw toStoreError(error);
    }
  }

  async #decode(
    payloads: readonly Uint8Array[],
  ): Promise<{ observations: StoredObservation[]; undecodable: number[] }> {
    const observations: StoredObservation[] = [];
    const undecodable: number[] = [];
    let sliceStartedMs = performance.now();
    for (const [index, payload] of payloads.entries()) {
      const decoded = decodePayload(payload, this.#parts.computeCost);
      if (decoded) for (const observation of decoded) observations.push(observation);
      else undecodable.push(index);
      if (performance.now() - sliceStartedMs > SLICE_MS) {
        await nextTurn();
        sliceStartedMs = performance.now();
      }
    }
    return { observations, undecodable };
  }

  /** The state of every trace in the batch: from memory, from the database, or new. */
  async #statesOf(observations: readonly StoredObservation[]): Promise<Map<string, TraceState>> {
    const { cache, loader, knownTraces } = this.#parts;
    const states = new Map<string, TraceState>();
    const toLoad: string[] = [];
    for (const { traceId } of observations) {
      if (states.has(traceId)) continue;
      const cached = cache.get(traceId);
      states.set(traceId, cached ?? new TraceState(traceId));
      if (!cached && knownTraces.mayContain(traceId)) toLoad.push(traceId);
    }
    for (const loaded of await loader.load(toLoad)) states.set(loaded.traceId, loaded);
    return states;
  }

  #fold(
    observations: readonly StoredObservation[],
    states: ReadonlyMap<string, TraceState>,
    cursor: number,
  ): { folded: FoldedBatch; duplicates: number } {
    let duplicates = 0;
    const folded: FoldedBatch = {
      ended: [],
      started: new Map(),
      obsoleteStarts: [],
      metadata: new MetadataChanges(),
      traces: new Map(),
      cursor,
      nowUs: Date.now() * 1000,
    };
    for (const observation of observations) {
      const state = states.get(observation.traceId);
      if (!state) throw new StoreError('store_failed', `no state for trace ${observation.traceId}`);
      const wasRunning = state.isRunning(observation.spanId);
      const outcome = state.fold(observation, folded.metadata);
      if (outcome === 'duplicate') duplicates += 1;
      if (outcome === 'duplicate' || outcome === 'superseded') continue;
      const key = observation.traceId + observation.spanId;
      if (outcome === 'started') folded.started.set(key, observation);
      else folded.ended.push(observation);
      // A start that came in this very batch is in no table yet.
      if (outcome === 'ended' && wasRunning && !folded.started.delete(key)) {
        folded.obsoleteStarts.push({ traceId: observation.traceId, spanId: observation.spanId });
      }
      state.newsUs = folded.nowUs;
      folded.traces.set(state.traceId, state);
    }
    return { folded, duplicates };
  }
}
