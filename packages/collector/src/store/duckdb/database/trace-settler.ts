import type { DuckDBConnection } from '@duckdb/node-api';
import { transaction } from './upkeep.js';

export interface SettleSettings {
  /** A trace that has had no news for this long moves from the small table to the large one. */
  readonly quietMs: number;
  /** Rewriting a row costs more the more rows there are: above this many traces, the quietest move early. */
  readonly maxHotTraces: number;
}

const MOVE_SQL = 'WHERE news_us < $before_us';

/** The time before which a trace without news moves now: `quietMs` ago, or later where the table is too full. */
const LIMIT_SQL = `SELECT greatest($quiet_before_us, coalesce((
  SELECT news_us FROM hot_traces ORDER BY news_us DESC OFFSET $max_hot_traces LIMIT 1), 0))`;

/**
 * Moves traces that have come to rest. The list's table of traces in motion is rewritten with every batch and must be
 * small for that; the large one is only appended to, except where a late span brings a trace back.
 *
 * @returns the ids that moved. MUST NOT overlap a transaction of the writer.
 */
export async function settleTraces(
  writer: DuckDBConnection,
  settings: SettleSettings,
  nowUs: number,
): Promise<string[]> {
  const limit = await writer.runAndReadAll(LIMIT_SQL, {
    quiet_before_us: BigInt(nowUs - settings.quietMs * 1000),
    max_hot_traces: settings.maxHotTraces,
  });
  const values = { before_us: BigInt(Number(limit.getRowsJS()[0]?.[0] ?? 0)) };
  const moved: string[] = [];
  await transaction(writer, async () => {
    // In order of start, so that the bounds of each row group are tight and a page of the list reads few of them.
    await writer.run(`INSERT INTO traces SELECT * FROM hot_traces ${MOVE_SQL} ORDER BY start_us, trace_id`, values);
    const deleted = await writer.runAndReadAll(`DELETE FROM hot_traces ${MOVE_SQL} RETURNING trace_id`, values);
    for (const [traceId] of deleted.getRowsJS()) moved.push(String(traceId));
  });
  return moved;
}
