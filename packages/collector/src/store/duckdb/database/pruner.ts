import { type DuckDBConnection, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { RetentionPolicy } from '../../contract.js';
import { removeForgottenSeries } from './series-sums.js';
import { readStoreSize } from './store-size.js';
import { transaction } from './upkeep.js';

/** What one call removes at most, a tenth of a second of the writer's time; a trace that is larger goes alone. */
export interface PruneShare {
  readonly maxTraces: number;
  readonly maxSpans: number;
}

export interface Pruned {
  readonly traceIds: readonly string[];
  readonly spans: number;
  readonly hasMore: boolean;
}

const TEXTS = LIST(VARCHAR);

const OLDEST_SQL = `SELECT trace_id, start_us, last_start_us, observation_count FROM all_traces
WHERE last_start_us < $before_us ORDER BY last_start_us, trace_id LIMIT $max_traces`;

const LAST_US = 2n ** 63n - 1n;

interface OldTrace {
  readonly traceId: string;
  readonly startUs: number;
  readonly lastStartUs: number;
  readonly observations: number;
}

/**
 * Removes a share of what a policy lets go: whole traces with all that belongs to them, the oldest first. Runs in the
 * writer's lane, a transaction of its own.
 */
export async function prune(writer: DuckDBConnection, policy: RetentionPolicy, share: PruneShare): Promise<Pruned> {
  const pruned = await pruneTraces(writer, policy, share);
  // Many shares would move the first start that is left many times.
  if (!pruned.hasMore && pruned.traceIds.length > 0) {
    await transaction(writer, () => removeForgottenSeries(writer));
  }
  return pruned;
}

async function pruneTraces(writer: DuckDBConnection, policy: RetentionPolicy, share: PruneShare): Promise<Pruned> {
  const byAge = await pruneByAge(writer, policy.beforeUs, share);
  if (byAge.hasMore || policy.maxBytes === undefined) return byAge;
  const bySize = await pruneBySize(writer, policy.maxBytes, share);
  return {
    traceIds: [...byAge.traceIds, ...bySize.traceIds],
    spans: byAge.spans + bySize.spans,
    hasMore: bySize.hasMore,
  };
}

async function pruneByAge(writer: DuckDBConnection, beforeUs: number | undefined, share: PruneShare): Promise<Pruned> {
  if (beforeUs === undefined) return { traceIds: [], spans: 0, hasMore: false };
  const traces = await readOldest(writer, BigInt(beforeUs), share);
  const spans = await removeTraces(writer, traces);
  const hasMore = (await readOldest(writer, BigInt(beforeUs), { ...share, maxTraces: 1 })).length > 0;
  if (!hasMore) await removeLeftovers(writer, BigInt(beforeUs));
  return { traceIds: traces.map(({ traceId }) => traceId), spans, hasMore };
}

/** As many of the oldest as take what is too much, by the size of an average span. */
async function pruneBySize(writer: DuckDBConnection, maxBytes: number, share: PruneShare): Promise<Pruned> {
  const { liveBytes, bytesPerSpan } = await readStoreSize(writer);
  const excessSpans = Math.ceil((liveBytes - maxBytes) / bytesPerSpan);
  if (!(excessSpans > 0)) return { traceIds: [], spans: 0, hasMore: false };
  const maxSpans = Math.min(share.maxSpans, excessSpans);
  const traces = await readOldest(writer, LAST_US, { ...share, maxSpans });
  const spans = await removeTraces(writer, traces);
  return { traceIds: traces.map(({ traceId }) => traceId), spans, hasMore: spans > 0 && spans < excessSpans };
}

/** The oldest traces, as far as they stay below the share; always one. */
async function readOldest(writer: DuckDBConnection, beforeUs: bigint, share: PruneShare): Promise<OldTrace[]> {
  const reader = await writer.runAndReadAll(OLDEST_SQL, { before_us: beforeUs, max_traces: share.maxTraces });
  const traces: OldTrace[] = [];
  let spans = 0;
  for (const [traceId, startUs, lastStartUs, observations] of reader.getRowsJS()) {
    spans += Number(observations);
    if (traces.length > 0 && spans > share.maxSpans) break;
    traces.push({
      traceId: String(traceId),
      startUs: Number(startUs),
      lastStartUs: Number(lastStartUs),
      observations: Number(observations),
    });
  }
  return traces;
}

/** Gives how many spans went. */
async function removeTraces(writer: DuckDBConnection, traces: readonly OldTrace[]): Promise<number> {
  if (traces.length === 0) return 0;
  const ids = { trace_ids: listValue(traces.map(({ traceId }) => traceId)) };
  const fromUs = BigInt(Math.min(...traces.map(({ startUs }) => startUs)));
  const toUs = BigInt(Math.max(...traces.map(({ lastStartUs }) => lastStartUs)));
  const startNs = { from_ns: fromUs * 1000n, to_ns: toUs * 1000n + 999n };
  const remove = async (sql: string, values: Record<string, bigint>): Promise<number> => {
    const where = `${sql} AND trace_id IN (SELECT unnest($trace_ids))`;
    return (await writer.run(where, { ...values, ...ids }, { trace_ids: TEXTS })).rowsChanged;
  };
  let spans = 0;
  await transaction(writer, async () => {
    const ended = await remove('DELETE FROM observations WHERE start_ns BETWEEN $from_ns AND $to_ns', startNs);
    const running = await remove(
      'DELETE FROM running_observations WHERE start_ns BETWEEN $from_ns AND $to_ns',
      startNs,
    );
    const startUs = { from_us: fromUs, to_us: toUs };
    await remove('DELETE FROM metadata WHERE start_us BETWEEN $from_us AND $to_us', startUs);
    await remove('DELETE FROM traces WHERE start_us BETWEEN $from_us AND $to_us', startUs);
    await remove('DELETE FROM hot_traces WHERE start_us BETWEEN $from_us AND $to_us', startUs);
    await remove("DELETE FROM scores WHERE trace_id <> ''", {});
    await writer.run('UPDATE store_state SET spans = spans - $ended', { ended: BigInt(ended) });
    spans = ended + running;
  });
  return spans;
}

/** What belongs to no trace that is there: scores of sessions and of traces that went, processes that are gone. */
async function removeLeftovers(writer: DuckDBConnection, beforeUs: bigint): Promise<void> {
  await transaction(writer, async () => {
    await writer.run(
      `DELETE FROM scores WHERE time_us < $before_us AND NOT EXISTS (
  SELECT 1 FROM all_traces AS t WHERE t.trace_id = scores.trace_id)`,
      { before_us: beforeUs },
    );
    await writer.run(
      `DELETE FROM instance_counts WHERE instance_id IN (
  SELECT instance_id FROM instance_counts GROUP BY instance_id HAVING max(seen_us) < $before_us)`,
      { before_us: beforeUs },
    );
  });
}
