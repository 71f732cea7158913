/** A store in memory, for tests of what stands before it. It decodes and maps as the real one; its queries are plain. */
import type {
  Facets,
  ObservationDetail,
  ObservationNode,
  ObservationRow,
  Series,
  SqlResult,
  TraceDetail,
  TraceFilter,
  TraceList,
  TraceListQuery,
  TraceSummary,
} from '@slipstream/query-api';
import { ATTRIBUTE, isWireError, type Observation, readExportRequest, toObservation } from '@slipstream/wire';
import { holdsScores } from '../../src/scores/payload.js';
import type {
  PruneResult,
  RetentionPolicy,
  ScanPage,
  ScanQuery,
  Store,
  StoreBatch,
  StoreCounts,
  StoreWriteResult,
} from '../../src/store/contract.js';
import { toObservationRow } from '../../src/store/rows.js';
import { type SeriesRequest, toSeries } from '../../src/store/series.js';

interface Row {
  readonly observation: Observation;
  readonly isRunning: boolean;
}

export class MemoryStore implements Store {
  readonly kind = 'duckdb';
  readonly traces = new Map<string, Map<string, Row>>();
  readonly batches: StoreBatch[] = [];
  /** Makes the next calls of a method fail or wait. */
  before:
    | ((method: 'write' | 'summaries' | 'healthy' | 'counts' | 'listTraces' | 'prune' | 'scan') => void | Promise<void>)
    | undefined;
  isClosed = false;
  #cursor: number;
  #duplicates = 0;

  constructor(cursor = 0) {
    this.#cursor = cursor;
  }

  async cursor(): Promise<number> {
    return this.#cursor;
  }

  async write(batch: StoreBatch): Promise<StoreWriteResult> {
    await this.before?.('write');
    this.batches.push(batch);
    const changed = new Set<string>();
    const undecodable: number[] = [];
    let insertedSpans = 0;
    let insertedStarts = 0;
    let duplicates = 0;
    for (const [index, payload] of batch.payloads.entries()) {
      if (holdsScores(payload)) continue;
      const rows = decode(payload);
      if (rows === undefined) undecodable.push(index);
      for (const row of rows ?? []) {
        const outcome = this.#insert(row);
        if (outcome === 'duplicate') duplicates++;
        else changed.add(row.observation.traceId);
        if (outcome === 'span') insertedSpans++;
        if (outcome === 'start') insertedStarts++;
      }
    }
    this.#cursor = batch.cursor ?? this.#cursor;
    this.#duplicates += duplicates;
    return { insertedSpans, insertedStarts, duplicates, undecodable, changedTraceIds: [...changed] };
  }

  async listTraces(query: TraceListQuery): Promise<TraceList> {
    await this.before?.('listTraces');
    const traces = this.#summaries(query).sort((a, b) => b.startTimeUs - a.startTimeUs);
    return { traces: traces.slice(0, query.limit), nextCursor: null, elapsedMs: 0 };
  }

  async trace(traceId: string): Promise<TraceDetail | undefined> {
    const rows = this.traces.get(traceId);
    if (rows === undefined) return undefined;
    const observations = [...rows.values()].map(toNode).sort((a, b) => a.startTimeUs - b.startTimeUs);
    return { trace: summarize(traceId, rows), observations, scores: [], truncated: false };
  }

  async observation(traceId: string, spanId: string, full: boolean): Promise<ObservationDetail | undefined> {
    const row = this.traces.get(traceId)?.get(spanId);
    return row === undefined ? undefined : toDetail(row, full);
  }

  async summaries(traceIds: readonly string[], filter: TraceFilter): Promise<readonly TraceSummary[]> {
    await this.before?.('summaries');
    return this.#summaries(filter).filter(({ traceId }) => traceIds.includes(traceId));
  }

  async facets(): Promise<Facets> {
    const names = this.#summaries({}).map(({ name }) => ({ value: name, count: 1 }));
    return { names, services: [], metadataKeys: [] };
  }

  /** What it was asked for; nothing is counted. */
  readonly seriesRequests: SeriesRequest[] = [];

  async series(request: SeriesRequest): Promise<Series> {
    this.seriesRequests.push(request);
    return toSeries(request, [], 0);
  }

  async counts(): Promise<StoreCounts> {
    await this.before?.('counts');
    const rows = [...this.traces.values()].flatMap((trace) => [...trace.values()]);
    const done = rows.filter(({ isRunning }) => !isRunning);
    return {
      spans: done.length,
      runningSpans: rows.length - done.length,
      traces: this.traces.size,
      duplicates: this.#duplicates,
      bytes: 0,
      spansByInstance: {},
    };
  }

  /** On one page; computes no cost. */
  async scan({ what, traceId, spanId, fromUs = 0, toUs: endUs, limit }: ScanQuery): Promise<ScanPage> {
    await this.before?.('scan');
    if (what === 'scores') return { rows: [], next: undefined };
    const observations = [...this.traces.values()]
      .flatMap((trace) => [...trace.values()])
      .map(({ observation }) => observation)
      .filter((each) => traceId === undefined || each.traceId === traceId)
      .filter((each) => spanId === undefined || each.spanId === spanId)
      .filter((each) => toUs(each.startTimeUnixNano) >= fromUs)
      .filter((each) => endUs === undefined || toUs(each.startTimeUnixNano) < endUs)
      .sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
    return { rows: observations.slice(0, limit).map(rowOf), next: undefined };
  }

  async sql(): Promise<SqlResult> {
    return { columns: [{ name: 'one', type: 'INTEGER' }], rows: [[1]], truncated: false, elapsedMs: 0 };
  }

  /** What it was asked to prune, and what it answers. */
  readonly pruned: RetentionPolicy[] = [];
  pruneResults: PruneResult[] = [];

  async prune(policy: RetentionPolicy): Promise<PruneResult> {
    await this.before?.('prune');
    this.pruned.push(policy);
    return this.pruneResults.shift() ?? { removedTraces: 0, removedSpans: 0, hasMore: false };
  }

  async healthy(): Promise<boolean> {
    await this.before?.('healthy');
    return !this.isClosed;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  #insert(row: Row): 'span' | 'start' | 'duplicate' {
    const { traceId, spanId } = row.observation;
    const trace = this.traces.get(traceId) ?? new Map<string, Row>();
    this.traces.set(traceId, trace);
    const known = trace.get(spanId);
    if (known !== undefined && !isNewer(row, known)) return 'duplicate';
    trace.set(spanId, row);
    return row.isRunning ? 'start' : 'span';
  }

  #summaries({ name, user }: TraceFilter): TraceSummary[] {
    return [...this.traces]
      .map(([traceId, rows]) => summarize(traceId, rows))
      .filter((summary) => name === undefined || summary.name === name)
      .filter((summary) => user === undefined || summary.userId === user);
  }
}

/** An observation as a scan gives it; no cost is computed. */
export function rowOf(observation: Observation): ObservationRow {
  const costSource = observation.costDetails.size === 0 ? 'none' : 'reported';
  return toObservationRow({ ...observation, costSource });
}

/** As the contract has it: what has ended goes before what runs, then the higher revision. */
function isNewer(row: Row, known: Row): boolean {
  if (row.isRunning !== known.isRunning) return known.isRunning;
  return row.observation.revision > known.observation.revision;
}

function decode(payload: Uint8Array): Row[] | undefined {
  try {
    const { request } = readExportRequest(payload);
    return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ scope, spans }) =>
        spans.map((span) => ({
          observation: toObservation(span, resource, scope),
          isRunning: span.attributes.some(({ key, value }) => key === ATTRIBUTE.spanRunning && value === true),
        })),
      ),
    );
  } catch (error) {
    if (isWireError(error)) return undefined;
    throw error;
  }
}

const toUs = (nanoseconds: bigint) => Number(nanoseconds / 1000n);

function toNode({ observation }: Row): ObservationNode {
  const { spanId, parentSpanId, type, name, level, startTimeUnixNano, endTimeUnixNano } = observation;
  return {
    spanId,
    parentSpanId,
    type,
    name,
    level,
    startTimeUs: toUs(startTimeUnixNano),
    endTimeUs: endTimeUnixNano === undefined ? null : toUs(endTimeUnixNano),
    statusMessage: observation.statusMessage ?? null,
    model: observation.model ?? null,
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    costUsd: null,
    completionStartTimeUs: null,
  };
}

function toDetail(row: Row, full: boolean): ObservationDetail {
  const { observation } = row;
  const cut = (text: string | undefined) =>
    text === undefined ? null : { text: full ? text : text.slice(0, 10), fullLength: text.length };
  return {
    ...toNode(row),
    traceId: observation.traceId,
    input: cut(observation.input),
    output: cut(observation.output),
    metadata: Object.fromEntries(observation.metadata),
    modelParameters: null,
    usageDetails: {},
    costDetails: {},
    costSource: 'none',
    promptName: null,
    promptVersion: null,
    version: null,
    service: observation.service ?? null,
    scopeName: observation.scopeName,
    scopeVersion: observation.scopeVersion,
  };
}

function summarize(traceId: string, rows: ReadonlyMap<string, Row>): TraceSummary {
  const all = [...rows.values()];
  const nodes = all.map(toNode);
  const root = all.find(({ observation }) => observation.parentSpanId === '') ?? all[0];
  const startTimeUs = Math.min(...nodes.map((node) => node.startTimeUs));
  const ends = nodes.flatMap(({ endTimeUs }) => (endTimeUs === null ? [] : [endTimeUs]));
  return {
    traceId,
    name: root?.observation.name ?? '',
    service: root?.observation.service ?? null,
    environment: null,
    release: null,
    startTimeUs,
    durationUs: ends.length === 0 ? null : Math.max(...ends) - startTimeUs,
    running: all.some(({ isRunning }) => isRunning),
    observationCount: rows.size,
    errorCount: 0,
    level: 'DEFAULT',
    userId: root?.observation.userId ?? null,
    sessionId: null,
    conversation: null,
    tags: [],
    metadata: {},
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    costUsd: null,
  };
}
