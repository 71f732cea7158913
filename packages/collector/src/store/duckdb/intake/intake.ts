import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeScores, holdsScores } from '../../../scores/payload.js';
import type { StoreBatch, StoreWriteResult } from '../../contract.js';
import { toStoreError } from '../../errors.js';
import type { StoredObservation } from '../schema/observation-columns.js';
import { BatchFold } from './batch-fold.js';
import type { BatchWriter } from './batch-writer.js';
import { type ComputeCost, decodePayload } from './decode.js';
import type { KnownTraces } from './known-traces.js';
import { revise } from './revisions.js';
import type { TraceCache } from './trace-cache.js';
import type { TraceLoader } from './trace-loader.js';
import { TraceState } from './trace-state.js';

/**
 * Spans that are decoded, folded and appended before queries get a turn, some ten milliseconds. It is also what makes
 * decoded spans die young: held for a whole batch, collecting them took as long as decoding them.
 */
const SLICE_SPANS = 250;

export interface IntakeParts {
  readonly writer: BatchWriter;
  readonly loader: TraceLoader;
  readonly cache: TraceCache;
  readonly knownTraces: KnownTraces;
  readonly computeCost: ComputeCost;
  /** Called after each commit. */
  readonly onCommit: (batch: BatchFold) => void;
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
    const { cache, knownTraces, onCommit, writer } = this.#parts;
    const fold = new BatchFold();
    const undecodable: number[] = [];
    try {
      await writer.begin();
      await this.#takeIn(batch.payloads, fold, undecodable);
      for (const traceId of fold.traces.keys()) knownTraces.add(traceId);
      await writer.commit(fold, batch.cursor);
    } catch (error) {
      await writer.rollBack();
      // The states may hold what the database does not: all are made again from it.
      cache.clear();
      throw toStoreError(error);
    }
    cache.keep(fold.traces.values());
    this.duplicates += fold.duplicates;
    onCommit(fold);
    return {
      insertedSpans: fold.endedCount,
      insertedStarts: fold.startedCount,
      duplicates: fold.duplicates,
      undecodable,
      changedTraceIds: [...new Set([...fold.traces.keys(), ...scoredTraces(fold)])],
    };
  }

  async #takeIn(payloads: readonly Uint8Array[], fold: BatchFold, undecodable: number[]): Promise<void> {
    const states = new Map<string, TraceState>();
    let slice: StoredObservation[] = [];
    for (const [index, payload] of payloads.entries()) {
      if (holdsScores(payload)) {
        const scores = decodeScores(payload);
        if (scores) fold.takeScores(scores);
        else undecodable.push(index);
        continue;
      }
      const decoded = decodePayload(payload, this.#parts.computeCost);
      if (decoded) slice = slice.concat(decoded);
      else undecodable.push(index);
      if (slice.length < SLICE_SPANS) continue;
      await this.#append(slice, fold, states);
      slice = [];
      await nextTurn();
    }
    await this.#append(slice, fold, states);
  }

  async #append(slice: readonly StoredObservation[], fold: BatchFold, states: Map<string, TraceState>): Promise<void> {
    await this.#addStates(slice, states);
    const { ended, revised } = fold.fold(slice, states);
    await this.#parts.writer.appendEnded(ended);
    if (revised.length > 0) await revise(revised, fold, states, this.#parts);
  }

  /** The state of every trace in the slice: of this batch, from memory, from the database, or new. */
  async #addStates(observations: readonly StoredObservation[], states: Map<string, TraceState>): Promise<void> {
    const { cache, loader, knownTraces } = this.#parts;
    const toLoad: string[] = [];
    for (const { traceId } of observations) {
      if (states.has(traceId)) continue;
      const cached = cache.get(traceId);
      states.set(traceId, cached ?? new TraceState(traceId));
      if (!cached && knownTraces.mayContain(traceId)) toLoad.push(traceId);
    }
    for (const loaded of await loader.load(toLoad)) states.set(loaded.traceId, loaded);
  }
}

/** A trace whose scores changed shows something new, too. */
function scoredTraces({ scores }: BatchFold): string[] {
  return [...scores.values()].map(({ traceId }) => traceId).filter((traceId) => traceId !== '');
}
