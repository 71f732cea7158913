import type { ObservationDetail, ObservationNode, Score, TraceDetail } from '@slipstream/query-api';
import { toObservationDetail, toObservationNode } from '../../duckdb/query/observation-views.js';
import { toTraceSummary } from '../../duckdb/query/trace-summary.js';
import { OBSERVATION_COLUMNS, type StoredObservation } from '../../duckdb/schema/observation-columns.js';
import { SCORE_COLUMNS, type ScoreRow } from '../../duckdb/schema/score-columns.js';
import type { Query, RowSource } from '../database/connection.js';
import { IN_RANGE_SQL, type IndexEntry, rangeParams, readIndex } from '../database/trace-index.js';
import { fromCells, selectList } from '../schema/rows.js';
import { TraceConditions } from './trace-conditions.js';
import { candidatesQuery, keepCurrent, readVersionedRows } from './trace-page.js';

/** Observations of one trace that are read; the rest of a larger one is left out, the latest first. */
const MAX_TRACE_OBSERVATIONS = 50_000;

/** Scores of one trace that are read; more than that nobody reads one by one. */
const MAX_TRACE_SCORES = 1_000;

const MAX_VERSIONS = 1_000;

const NODE_COLUMN_NAMES: ReadonlySet<string> = new Set([
  'span_id',
  'parent_span_id',
  'type',
  'name',
  'start_ns',
  'end_ns',
  'level',
  'status_message',
  'model',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cost_usd',
  'completion_start_ns',
]);

const NODE_COLUMNS = OBSERVATION_COLUMNS.filter(({ name }) => NODE_COLUMN_NAMES.has(name));

const WITHIN_TRACE_SQL = `trace_id = {trace_id:String} AND ${IN_RANGE_SQL}`;

/** Each span once: the version that counts comes first. */
const NODES_SQL = `SELECT * FROM (
  SELECT ${selectList(NODE_COLUMNS)} FROM observation_versions
  WHERE ${WITHIN_TRACE_SQL} ORDER BY span_version DESC LIMIT 1 BY span_id
) ORDER BY start_ns, span_id LIMIT ${MAX_TRACE_OBSERVATIONS + 1}`;

const OBSERVATION_SQL = `SELECT ${selectList(OBSERVATION_COLUMNS)} FROM observation_versions
WHERE ${WITHIN_TRACE_SQL} AND span_id = {span_id:String} ORDER BY span_version DESC LIMIT 1`;

/** A score belongs to the trace that its last version names. */
const SCORES_SQL = `SELECT ${selectList(SCORE_COLUMNS)} FROM (
  SELECT * FROM score_versions
  WHERE score_id IN (SELECT score_id FROM score_versions WHERE trace_id = {trace_id:String})
  ORDER BY score_version DESC LIMIT 1 BY score_id
) WHERE trace_id = {trace_id:String} ORDER BY time_us, score_id LIMIT ${MAX_TRACE_SCORES}`;

export async function readTrace(source: RowSource, traceId: string, nowUs: number): Promise<TraceDetail | undefined> {
  const index = await readIndex(source, [traceId]);
  const entry = index.get(traceId);
  if (!entry) return undefined;
  const [rows, cells, scores] = await Promise.all([
    readVersionedRows(source, rowQuery(entry)),
    source.rows({ sql: NODES_SQL, params: withinTrace(entry) }),
    readScores(source, traceId),
  ]);
  const [row] = keepCurrent(rows, index);
  if (!row) return undefined;
  const observations = cells.map((each) => fromCells<StoredObservation>(NODE_COLUMNS, each));
  return {
    trace: toTraceSummary(row, nowUs),
    observations: toNodes(observations.slice(0, MAX_TRACE_OBSERVATIONS)),
    scores,
    truncated: observations.length > MAX_TRACE_OBSERVATIONS,
  };
}

export async function readObservation(
  source: RowSource,
  traceId: string,
  spanId: string,
  full: boolean,
): Promise<ObservationDetail | undefined> {
  const entry = (await readIndex(source, [traceId])).get(traceId);
  if (!entry) return undefined;
  const params = { ...withinTrace(entry), span_id: spanId };
  const [cells] = await source.rows({ sql: OBSERVATION_SQL, params });
  return cells && toObservationDetail(fromCells<StoredObservation>(OBSERVATION_COLUMNS, cells), full);
}

function rowQuery({ traceId, firstUs, lastUs }: IndexEntry): Query {
  const conditions = new TraceConditions().addIds([traceId], { fromUs: firstUs, toUs: lastUs });
  return candidatesQuery(conditions, MAX_VERSIONS);
}

/** With a parent only where that is here too. */
function toNodes(observations: readonly StoredObservation[]): ObservationNode[] {
  const spanIds = new Set(observations.map(({ spanId }) => spanId));
  return observations.map((observation) => {
    const node = toObservationNode(observation);
    return spanIds.has(node.parentSpanId) ? node : { ...node, parentSpanId: '' };
  });
}

async function readScores(source: RowSource, traceId: string): Promise<Score[]> {
  const rows = await source.rows({ sql: SCORES_SQL, params: { trace_id: traceId } });
  return rows.map((cells) => toScore(fromCells<ScoreRow>(SCORE_COLUMNS, cells)));
}

function toScore({ id, observationId, value, text, comment, metadata, ...row }: ScoreRow): Score {
  return {
    scoreId: id,
    spanId: observationId,
    name: row.name,
    dataType: row.dataType,
    value: value ?? null,
    text: text ?? null,
    comment: comment ?? null,
    metadata: Object.fromEntries(metadata),
    timeUs: row.timeUs,
  };
}

function withinTrace({ traceId, firstUs, lastUs }: IndexEntry): Record<string, unknown> {
  return { trace_id: traceId, ...rangeParams({ fromUs: firstUs, toUs: lastUs }) };
}
