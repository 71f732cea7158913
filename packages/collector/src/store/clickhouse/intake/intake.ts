import type { StoreBatch, StoreWriteResult } from '../../contract.js';
import type { ComputeCost } from '../../duckdb/intake/decode.js';
import type { Connection } from '../database/connection.js';
import { type IndexEntry, readIndex } from '../database/trace-index.js';
import { traceVersion } from '../schema/versions.js';
import type { EngineSettings } from '../settings.js';
import { BatchChanges } from './batch-changes.js';
import { decodeBatch, type EncodedObservation } from './decoded-batch.js';
import { FoldedTrace } from './folded-trace.js';
import { TraceCache } from './trace-cache.js';
import { countInstances, countSpans, loadSpans, loadTraces } from './trace-reader.js';
import { Writer } from './writer.js';

export type IntakeSettings = Pick<EngineSettings, 'maxCachedSpans' | 'maxFoldedSpans'>;

/**
 * The one way into the database, for any number of collectors at once and without a lock between them:
 *
 * 1. read what is stored of the batch's traces, and fold the batch into it, which recognises what is there already;
 * 2. announce in `trace_index` where the new versions will lie, then write them;
 * 3. count what is stored now. Whoever wrote to the same trace meanwhile is in the count, or will count us: of two that
 *    write at once, the one that counts last sees both. Where the count is not our fold's, the trace is folded anew;
 * 4. write the rows of the traces, then in `trace_index` which rows count: those of whoever has seen the most.
 *
 * A batch that fails at any place comes again, finds its spans stored and its rows behind, and goes on from there.
 * Calls MUST NOT overlap.
 */
export class Intake {
  readonly #connection: Connection;
  readonly #writer: Writer;
  readonly #computeCost: ComputeCost;
  readonly #cache: TraceCache;
  readonly #maxFoldedSpans: number;
  /** Traces that changed in writes which failed: what they wrote before that counts, and nobody was told of it. */
  readonly #unreported = new Set<string>();

  constructor(connection: Connection, computeCost: ComputeCost, settings: IntakeSettings) {
    this.#connection = connection;
    this.#writer = new Writer(connection);
    this.#computeCost = computeCost;
    this.#cache = new TraceCache(settings.maxCachedSpans);
    this.#maxFoldedSpans = settings.maxFoldedSpans;
  }

  async write({ payloads }: StoreBatch): Promise<StoreWriteResult> {
    const { observations, scores, undecodable } = await decodeBatch(payloads, this.#computeCost);
    const changes = new BatchChanges();
    try {
      await this.#store(observations, changes);
      await this.#writer.writeScores([...scores.values()]);
    } catch (error) {
      // The folds may hold what the database does not.
      this.#cache.clear();
      for (const traceId of changes.changedTraceIds) this.#unreported.add(traceId);
      throw error;
    }
    for (const { traceId } of scores.values()) if (traceId !== '') changes.changedTraceIds.add(traceId);
    for (const traceId of this.#unreported) changes.changedTraceIds.add(traceId);
    this.#unreported.clear();
    const { insertedSpans, insertedStarts, duplicates, changedTraceIds } = changes;
    return { insertedSpans, insertedStarts, duplicates, undecodable, changedTraceIds: [...changedTraceIds] };
  }

  /** After traces were removed. */
  forget(): void {
    this.#cache.clear();
  }

  async #store(observations: readonly EncodedObservation[], changes: BatchChanges): Promise<void> {
    if (observations.length === 0) return;
    const traceIds = [...new Set(observations.map(({ observation }) => observation.traceId))];
    const index = await readIndex(this.#connection, traceIds);
    const traces = await this.#foldsOf(traceIds, index);
    await this.#completeLarge(observations, traces, index);
    changes.take(observations, traces);
    if (changes.changedTraceIds.size > 0) await this.#writeVersions(changes, traces, index);
    // Rows that were not written when their spans were, because the collector or ClickHouse failed in between.
    for (const { traceId, spanCount, version } of traces.values()) {
      if (spanCount > 0 && version > (index.get(traceId)?.version ?? 0n)) changes.changedTraceIds.add(traceId);
    }
    await this.#writer.writeTraces(pick(traces, changes.changedTraceIds));
    for (const trace of traces.values()) this.#cache.keep(trace);
  }

  /** Of each trace what is known of it: in memory where nobody has written its row since, else out of the database. */
  async #foldsOf(
    traceIds: readonly string[],
    index: ReadonlyMap<string, IndexEntry>,
  ): Promise<Map<string, FoldedTrace>> {
    const traces = new Map<string, FoldedTrace>();
    const toLoad: IndexEntry[] = [];
    for (const traceId of traceIds) {
      const entry = index.get(traceId);
      const cached = this.#cache.take(traceId);
      const isCurrent = cached !== undefined && cached.version === entry?.version;
      if (entry && !isCurrent) toLoad.push(entry);
      else traces.set(traceId, (isCurrent ? cached : undefined) ?? new FoldedTrace(traceId));
    }
    for (const [traceId, trace] of await loadTraces(this.#connection, toLoad, this.#maxFoldedSpans))
      traces.set(traceId, trace);
    return traces;
  }

  /** Of a trace that is too large to be folded whole, the spans that the batch brings must be known all the same. */
  async #completeLarge(
    observations: readonly EncodedObservation[],
    traces: ReadonlyMap<string, FoldedTrace>,
    index: ReadonlyMap<string, IndexEntry>,
  ): Promise<void> {
    for (const entry of index.values()) {
      const trace = traces.get(entry.traceId);
      if (!trace || entry.spans <= this.#maxFoldedSpans) continue;
      const ofTrace = observations.filter(({ observation }) => observation.traceId === entry.traceId);
      const spanIds = ofTrace.map(({ observation }) => observation.spanId);
      const unknown = spanIds.filter((spanId) => trace.span(spanId) === undefined);
      await loadSpans(this.#connection, trace, entry, [...new Set(unknown)]);
    }
  }

  async #writeVersions(
    changes: BatchChanges,
    traces: Map<string, FoldedTrace>,
    index: ReadonlyMap<string, IndexEntry>,
  ): Promise<void> {
    const changed = pick(traces, changes.changedTraceIds);
    await this.#writer.announce(changed, index);
    await this.#writer.writeObservations(changes.fresh);
    await this.#meetOthers(changed, traces);
    await this.#writer.removeMoved(changes.moved);
  }

  /** Folds anew what others have written to at the same time. */
  async #meetOthers(changed: readonly FoldedTrace[], traces: Map<string, FoldedTrace>): Promise<void> {
    const entries = await readIndex(
      this.#connection,
      changed.map(({ traceId }) => traceId),
    );
    const counts = await countSpans(this.#connection, [...entries.values()]);
    const toLoad: IndexEntry[] = [];
    for (const trace of changed) {
      const stored = counts.get(trace.traceId);
      const entry = entries.get(trace.traceId);
      if (!stored || !entry || traceVersion(stored) === trace.version) continue;
      if (stored.spans <= this.#maxFoldedSpans) toLoad.push(entry);
      else trace.setStored(stored, await countInstances(this.#connection, entry));
    }
    for (const [traceId, trace] of await loadTraces(this.#connection, toLoad, this.#maxFoldedSpans))
      traces.set(traceId, trace);
  }
}

function pick(traces: ReadonlyMap<string, FoldedTrace>, traceIds: ReadonlySet<string>): FoldedTrace[] {
  return [...traceIds].flatMap((traceId) => traces.get(traceId) ?? []);
}
