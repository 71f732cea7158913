import type { ObservationDetail, ObservationNode, TraceDetail } from '@slipstream/query-api';
import type { Query, RowSource } from '../database/query-pool.js';
import { fromRow } from '../schema/columns.js';
import { OBSERVATION_COLUMNS, type StoredObservation } from '../schema/observation-columns.js';
import type { TraceRow } from '../schema/trace-columns.js';
import { toObservationDetail, toObservationNode } from './observation-views.js';
import { readScores } from './read-scores.js';
import { readTraceRow } from './trace-page.js';
import { toTraceSummary } from './trace-summary.js';

/** Observations of one trace that are read; the rest of a larger one is left out, the latest first. */
export const MAX_TRACE_OBSERVATIONS = 50_000;

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

/** The bounds are what makes this fast: row groups whose starts lie outside are not read. */
const WITHIN_TRACE_SQL = 'trace_id = $trace_id AND start_ns BETWEEN $from_ns AND $to_ns';

export async function readTrace(source: RowSource, traceId: string, nowUs: number): Promise<TraceDetail | undefined> {
  const row = await readTraceRow(source, traceId);
  if (!row) return undefined;
  const rows = await source.rows({
    sql: `SELECT ${NODE_COLUMNS.map(({ name }) => name).join(', ')} FROM all_observations
WHERE ${WITHIN_TRACE_SQL} ORDER BY start_ns, span_id, end_ns NULLS LAST LIMIT ${MAX_TRACE_OBSERVATIONS + 1}`,
    values: withinTrace(row),
  });
  const observations = rows.map((each) => fromRow<StoredObservation>(NODE_COLUMNS, each));
  return {
    trace: toTraceSummary(row, nowUs),
    observations: toNodes(observations.slice(0, MAX_TRACE_OBSERVATIONS)),
    scores: await readScores(source, traceId),
    truncated: observations.length > MAX_TRACE_OBSERVATIONS,
  };
}

/** Each span once (the ended version, which the order puts first), with a parent only where that is here too. */
function toNodes(observations: readonly StoredObservation[]): ObservationNode[] {
  const bySpanId = new Map<string, StoredObservation>();
  for (const observation of observations) {
    const known = bySpanId.get(observation.spanId);
    if (!known || known.endTimeUnixNano === undefined) bySpanId.set(observation.spanId, observation);
  }
  return [...bySpanId.values()].map((observation) => {
    const node = toObservationNode(observation);
    return bySpanId.has(node.parentSpanId) ? node : { ...node, parentSpanId: '' };
  });
}

export async function readObservation(
  source: RowSource,
  traceId: string,
  spanId: string,
  full: boolean,
): Promise<ObservationDetail | undefined> {
  const row = await readTraceRow(source, traceId);
  if (!row) return undefined;
  const [found] = await source.rows({
    sql: `SELECT ${OBSERVATION_COLUMNS.map(({ name }) => name).join(', ')} FROM all_observations
WHERE ${WITHIN_TRACE_SQL} AND span_id = $span_id ORDER BY end_ns NULLS LAST LIMIT 1`,
    values: { ...withinTrace(row), span_id: spanId },
  });
  return found && toObservationDetail(fromRow<StoredObservation>(OBSERVATION_COLUMNS, found), full);
}

function withinTrace({ traceId, startUs, lastStartUs }: TraceRow): NonNullable<Query['values']> {
  return { trace_id: traceId, from_ns: BigInt(startUs) * 1000n, to_ns: BigInt(lastStartUs) * 1000n + 999n };
}
