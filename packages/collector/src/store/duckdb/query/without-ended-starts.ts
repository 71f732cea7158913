import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { ObservationRow } from '@slipstream/query-api';
import type { RowSource } from '../database/query-pool.js';

/** In two steps: which row groups are read has to be known before, and the end of a span may start at another time. */
const BOUNDS_SQL = `SELECT min(start_us), max(last_start_us) FROM all_traces
WHERE trace_id IN (SELECT unnest($trace_ids))`;

const ENDED_SQL = `SELECT trace_id, span_id FROM observations
WHERE start_ns BETWEEN $from_ns AND $to_ns AND trace_id IN (SELECT unnest($trace_ids))
  AND span_id IN (SELECT unnest($span_ids))`;

/** Starts of spans that have ended stay in their table for a moment; a page leaves them out. */
export async function withoutEndedStarts(
  source: RowSource,
  rows: readonly ObservationRow[],
): Promise<readonly ObservationRow[]> {
  const running = rows.filter(({ end_ns }) => end_ns === null);
  if (running.length === 0) return rows;
  const traceIds = listValue([...new Set(running.map(({ trace_id }) => trace_id))]);
  const [bounds] = await source.rows({
    sql: BOUNDS_SQL,
    values: { trace_ids: traceIds },
    types: { trace_ids: LIST(VARCHAR) },
  });
  const ended = await source.rows({
    sql: ENDED_SQL,
    values: {
      trace_ids: traceIds,
      span_ids: listValue(running.map(({ span_id }) => span_id)),
      from_ns: BigInt(Number(bounds?.[0] ?? 0)) * 1000n,
      to_ns: BigInt(Number(bounds?.[1] ?? 0)) * 1000n + 999n,
    },
    types: { trace_ids: LIST(VARCHAR), span_ids: LIST(VARCHAR) },
  });
  const endedKeys = new Set(ended.map(([traceId, spanId]) => `${traceId}${spanId}`));
  return rows.filter(({ end_ns, trace_id, span_id }) => end_ns !== null || !endedKeys.has(trace_id + span_id));
}
