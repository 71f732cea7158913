import { OBSERVATION_COLUMNS, type StoredObservation } from '../../duckdb/schema/observation-columns.js';
import type { RowSource } from '../database/connection.js';
import { groupByTime, IN_RANGE_SQL, type IndexEntry, inParts, rangeParams } from '../database/trace-index.js';
import { fromCells, selectList } from '../schema/rows.js';
import { ENDED_FROM, TRACE_COUNTS_SQL, type TraceCounts } from '../schema/versions.js';
import { FoldedTrace } from './folded-trace.js';

/** What the fold of a trace needs of its observations. */
const FOLDED_COLUMN_NAMES: ReadonlySet<string> = new Set([
  'trace_id',
  'span_id',
  'parent_span_id',
  'name',
  'start_ns',
  'end_ns',
  'level',
  'metadata',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cost_usd',
  'trace_name',
  'user_id',
  'session_id',
  'tags',
  'trace_metadata',
  'environment',
  'release',
  'service',
  'service_instance_id',
  'revision',
]);

const FOLDED_COLUMNS = OBSERVATION_COLUMNS.filter(({ name }) => FOLDED_COLUMN_NAMES.has(name));

const OF_TRACES_SQL = `trace_id IN {trace_ids:Array(String)} AND ${IN_RANGE_SQL}`;

const LOAD_SQL = `SELECT ${selectList(FOLDED_COLUMNS)} FROM observation_versions
WHERE ${OF_TRACES_SQL} ORDER BY start_ns LIMIT {max_spans:UInt32} BY trace_id`;

const COUNT_SQL = `SELECT trace_id, ${TRACE_COUNTS_SQL} FROM (
  SELECT trace_id, span_id, max(span_version) AS v FROM observation_versions
  WHERE ${OF_TRACES_SQL} GROUP BY trace_id, span_id
) GROUP BY trace_id`;

const LOAD_SPANS_SQL = `SELECT ${selectList(FOLDED_COLUMNS)} FROM observation_versions
WHERE ${OF_TRACES_SQL} AND span_id IN {span_ids:Array(String)}`;

const INSTANCES_SQL = `SELECT instance, count() FROM (
  SELECT argMax(toString(ifNull(service_instance_id, '')), span_version) AS instance, max(span_version) AS v
  FROM observation_versions WHERE ${OF_TRACES_SQL} GROUP BY span_id
) WHERE instance <> '' AND v >= ${ENDED_FROM} GROUP BY instance`;

/** Folds of traces out of what is stored of them, of a large one of its first spans. */
export async function loadTraces(
  source: RowSource,
  entries: readonly IndexEntry[],
  maxSpans: number,
): Promise<Map<string, FoldedTrace>> {
  const traces = new Map(entries.map(({ traceId }) => [traceId, new FoldedTrace(traceId)]));
  for (const { sql, params } of queriesOf(LOAD_SQL, entries)) {
    for (const cells of await source.rows({ sql, params: { ...params, max_spans: maxSpans } })) {
      const observation = fromCells<StoredObservation>(FOLDED_COLUMNS, cells);
      traces.get(observation.traceId)?.add(observation);
    }
  }
  return traces;
}

/** Adds those of the given spans that are stored to a fold that holds only a part of its trace. */
export async function loadSpans(
  source: RowSource,
  trace: FoldedTrace,
  { firstUs, lastUs }: IndexEntry,
  spanIds: readonly string[],
): Promise<void> {
  for (const part of inParts(spanIds)) {
    const range = rangeParams({ fromUs: firstUs, toUs: lastUs });
    const params = { trace_ids: [trace.traceId], span_ids: part, ...range };
    for (const cells of await source.rows({ sql: LOAD_SPANS_SQL, params })) {
      trace.add(fromCells<StoredObservation>(FOLDED_COLUMNS, cells));
    }
  }
}

/** Ended spans of one trace by the process that sent them. */
export async function countInstances(
  source: RowSource,
  { traceId, firstUs, lastUs }: IndexEntry,
): Promise<Map<string, number>> {
  const params = { trace_ids: [traceId], ...rangeParams({ fromUs: firstUs, toUs: lastUs }) };
  const rows = await source.rows({ sql: INSTANCES_SQL, params });
  return new Map(rows.map(([instance, spans]) => [String(instance), Number(spans)]));
}

/** How many spans of each trace are stored, whoever wrote them. */
export async function countSpans(source: RowSource, entries: readonly IndexEntry[]): Promise<Map<string, TraceCounts>> {
  const counts = new Map<string, TraceCounts>();
  for (const { sql, params } of queriesOf(COUNT_SQL, entries)) {
    for (const [traceId, spans, endedSpans, revisionSum] of await source.rows({ sql, params })) {
      counts.set(String(traceId), {
        spans: Number(spans),
        endedSpans: Number(endedSpans),
        revisionSum: BigInt(revisionSum ?? 0),
      });
    }
  }
  return counts;
}

function* queriesOf(
  sql: string,
  entries: readonly IndexEntry[],
): Generator<{ sql: string; params: Record<string, unknown> }> {
  for (const { ids, range } of groupByTime(entries)) {
    for (const part of inParts(ids)) yield { sql, params: { trace_ids: part, ...rangeParams(range) } };
  }
}
