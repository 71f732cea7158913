import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreCounts } from '../../contract.js';
import type { RowSource } from '../database/query-pool.js';
import { RUNNING_LIMIT_US } from './trace-summary.js';

/** Processes listed, those heard of last first; older ones stay in the table. */
const MAX_INSTANCES = 10_000;

const COUNTS_SQL = `SELECT
  (SELECT spans FROM store_state),
  (SELECT coalesce(sum(running_count), 0)::BIGINT FROM all_traces WHERE running_count > 0 AND news_us >= $news_from_us),
  (SELECT count(*) FROM all_traces)`;

export async function readCounts(
  source: RowSource,
  directory: string,
  nowUs: number,
): Promise<Omit<StoreCounts, 'duplicates'>> {
  const [row] = await source.rows({ sql: COUNTS_SQL, values: { news_from_us: BigInt(nowUs - RUNNING_LIMIT_US) } });
  const instances = await source.rows({
    sql: `SELECT instance_id, sum(spans)::BIGINT FROM instance_counts
GROUP BY instance_id ORDER BY max(seen_us) DESC, instance_id LIMIT ${MAX_INSTANCES}`,
  });
  return {
    spans: Number(row?.[0] ?? 0),
    runningSpans: Number(row?.[1] ?? 0),
    traces: Number(row?.[2] ?? 0),
    bytes: await sizeOf(directory),
    spansByInstance: Object.fromEntries(instances.map(([instanceId, spans]) => [String(instanceId), Number(spans)])),
  };
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isFile()) bytes += await fileSize(join(directory, entry.name));
  }
  return bytes;
}

async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    // The write-ahead log comes and goes with checkpoints.
    return 0;
  }
}
