import type { PruneResult, RetentionPolicy } from '../../contract.js';
import type { Connection } from './connection.js';

/** Traces that one call removes row by row; whole days that are over go besides, since that costs nothing. */
const MAX_TRACES = 5_000;

const DAY_US = 86_400_000_000;
/** The partition of all starts from there on, see the schema: it never is over. */
const LAST_PARTITION = 20400101;

/** Tables whose partitions are days. */
const DAILY_TABLES = ['observation_versions', 'trace_versions'] as const;

interface Share {
  /** Traces whose last observation began before this go. */
  readonly beforeUs: number;
  readonly traces: number;
  readonly spans: number;
  readonly hasMore: boolean;
}

const TRACES_SQL = `SELECT trace_id, min(first_us) AS first, max(last_us) AS last, max(spans) AS span_count
FROM trace_index GROUP BY trace_id`;

/** The oldest, by their last observation; entries that were announced and never written go along. */
const SHARE_SQL = `SELECT last, span_count FROM (${TRACES_SQL}) WHERE last < {before_us:Int64}
ORDER BY last, trace_id LIMIT {share:UInt32}`;

/**
 * Removes a share of what is too old or too much. The entries of the index go last, so that what a crash leaves behind
 * is found by the next call.
 */
export async function prune(connection: Connection, policy: RetentionPolicy): Promise<PruneResult> {
  const share = (await shareByAge(connection, policy)) ?? (await shareBySize(connection, policy));
  if (!share) return { removedTraces: 0, removedSpans: 0, hasMore: false };
  await dropDays(connection, share.beforeUs);
  await removeTraces(connection, share.beforeUs);
  return { removedTraces: share.traces, removedSpans: share.spans, hasMore: share.hasMore };
}

async function shareByAge(connection: Connection, { beforeUs, maxBytes }: RetentionPolicy): Promise<Share | undefined> {
  if (beforeUs === undefined) return undefined;
  const overUs = await endOfPast(connection, beforeUs);
  const past = await totalBefore(connection, overUs);
  if (past.traces > 0) return { ...past, beforeUs: overUs, hasMore: true };
  const share = await oldest(connection, beforeUs, MAX_TRACES);
  return share && { ...share, hasMore: share.hasMore || maxBytes !== undefined };
}

/** The beginning of the day in which the first trace begins that stays: days before it hold nothing else. */
async function endOfPast(connection: Connection, beforeUs: number): Promise<number> {
  const [row] = await connection.rows({
    sql: `SELECT min(first), count() FROM (${TRACES_SQL}) WHERE last >= {before_us:Int64}`,
    params: { before_us: beforeUs },
  });
  const firstUs = Number(row?.[1]) > 0 ? Math.min(Number(row?.[0]), beforeUs) : beforeUs;
  return Math.floor(firstUs / DAY_US) * DAY_US;
}

async function totalBefore(connection: Connection, beforeUs: number): Promise<{ traces: number; spans: number }> {
  const [row] = await connection.rows({
    sql: `SELECT countIf(span_count > 0), sum(span_count) FROM (${TRACES_SQL}) WHERE last < {before_us:Int64}`,
    params: { before_us: beforeUs },
  });
  return { traces: Number(row?.[0]), spans: Number(row?.[1]) };
}

async function oldest(connection: Connection, beforeUs: number, limit: number): Promise<Share | undefined> {
  const rows = await connection.rows({ sql: SHARE_SQL, params: { before_us: beforeUs, share: limit } });
  const lastUs = rows.at(-1)?.[0];
  if (lastUs === undefined) return undefined;
  const total = await totalBefore(connection, Number(lastUs) + 1);
  return { ...total, beforeUs: Number(lastUs) + 1, hasMore: rows.length === limit };
}

/**
 * What has been removed takes room until ClickHouse merges the parts that it was in, so the size is that of the rows
 * which are left, as their share of all.
 */
async function shareBySize(connection: Connection, { maxBytes }: RetentionPolicy): Promise<Share | undefined> {
  if (maxBytes === undefined) return undefined;
  const bytes = await liveBytes(connection);
  if (bytes <= maxBytes) return undefined;
  const [row] = await connection.rows({ sql: 'SELECT countIf(spans > 0) FROM trace_index FINAL' });
  const tooMany = Math.ceil(Number(row?.[0]) * (1 - maxBytes / bytes));
  const share = await oldest(connection, Number.MAX_SAFE_INTEGER, Math.min(MAX_TRACES, Math.max(1, tooMany)));
  return share && { ...share, hasMore: true };
}

async function liveBytes(connection: Connection): Promise<number> {
  const parts = await connection.rows({
    sql: `SELECT table, sum(bytes_on_disk), sum(rows) FROM system.parts
WHERE database = currentDatabase() AND active GROUP BY table`,
  });
  let bytes = 0;
  for (const [table, tableBytes, rows] of parts) {
    const isDaily = DAILY_TABLES.some((name) => name === table);
    const [left] = isDaily ? await connection.rows({ sql: `SELECT count() FROM ${table}` }) : [];
    bytes += Number(tableBytes) * (left ? Number(left[0]) / Math.max(1, Number(rows)) : 1);
  }
  return bytes;
}

/** Days before which every trace has ended are dropped as the files that they are. */
async function dropDays(connection: Connection, beforeUs: number): Promise<void> {
  const overUs = await endOfPast(connection, beforeUs);
  const partitions = await connection.rows({
    sql: `SELECT DISTINCT table, partition FROM system.parts WHERE database = currentDatabase() AND active
AND table IN {tables:Array(String)}`,
    params: { tables: DAILY_TABLES },
  });
  for (const [table, partition] of partitions) {
    const name = DAILY_TABLES.find((each) => each === table);
    if (!name || Number(partition) === LAST_PARTITION || dayEndUs(Number(partition)) > overUs) continue;
    await connection.command({ sql: `ALTER TABLE ${name} DROP PARTITION ${Number(partition)}` });
  }
}

/** @param partition such as 20260131 */
function dayEndUs(partition: number): number {
  const [year, month, day] = [Math.floor(partition / 10_000), Math.floor(partition / 100) % 100, partition % 100];
  return Date.UTC(year, month - 1, day + 1) * 1000;
}

async function removeTraces(connection: Connection, beforeUs: number): Promise<void> {
  const doomed = `trace_id IN (SELECT trace_id FROM trace_index GROUP BY trace_id HAVING max(last_us) < {before_us:Int64})`;
  const params = { before_us: beforeUs, before_ns: String(BigInt(beforeUs) * 1000n) };
  const deletes = [
    `DELETE FROM observation_versions WHERE start_ns < {before_ns:Int64} AND ${doomed}`,
    `DELETE FROM trace_versions WHERE start_us < {before_us:Int64} AND ${doomed}`,
    `DELETE FROM score_versions WHERE ${doomed}`,
    `DELETE FROM trace_index WHERE ${doomed}`,
  ];
  for (const sql of deletes) await connection.command({ sql, params });
}
