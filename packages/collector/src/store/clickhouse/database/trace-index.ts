import type { RowSource } from './connection.js';

/** What is known of where a trace lies and which row of it counts. */
export interface IndexEntry {
  readonly traceId: string;
  /** Between these its observations start, and perhaps some that were announced and never came. */
  readonly firstUs: number;
  readonly lastUs: number;
  readonly version: bigint;
  readonly spans: number;
}

export interface TimeRange {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Ids of one query: with as many the parameters of a request stay below what ClickHouse takes, 128 KB. */
const IDS_PER_QUERY = 2_000;

const INDEX_SQL = `SELECT trace_id, min(first_us), max(last_us), max(trace_version), max(spans)
FROM trace_index WHERE trace_id IN {trace_ids:Array(String)} GROUP BY trace_id`;

/** Entries of those traces that anybody has announced. */
export async function readIndex(source: RowSource, traceIds: readonly string[]): Promise<Map<string, IndexEntry>> {
  const entries = new Map<string, IndexEntry>();
  for (const ids of inParts(traceIds)) {
    for (const [traceId, firstUs, lastUs, version, spans] of await source.rows({
      sql: INDEX_SQL,
      params: { trace_ids: ids },
    })) {
      entries.set(String(traceId), {
        traceId: String(traceId),
        firstUs: Number(firstUs),
        lastUs: Number(lastUs),
        version: BigInt(version ?? 0),
        spans: Number(spans),
      });
    }
  }
  return entries;
}

export function* inParts(ids: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY) yield ids.slice(start, start + IDS_PER_QUERY);
}

/** Traces further apart than this are read by queries of their own: what lies between them would be read as well. */
const GAP_US = 10 * 60_000_000;
const MAX_GROUPS = 16;

/** Groups whose ranges lie apart, so that one old trace among new ones does not make a query read all between them. */
export function groupByTime(
  entries: Iterable<IndexEntry>,
): { readonly ids: readonly string[]; readonly range: TimeRange }[] {
  const sorted = [...entries].sort((left, right) => left.firstUs - right.firstUs);
  const groups: { ids: string[]; range: { fromUs: number; toUs: number } }[] = [];
  for (const { traceId, firstUs, lastUs } of sorted) {
    const group = groups.at(-1);
    if (group && (firstUs <= group.range.toUs + GAP_US || groups.length === MAX_GROUPS)) {
      group.ids.push(traceId);
      group.range.toUs = Math.max(group.range.toUs, lastUs);
    } else {
      groups.push({ ids: [traceId], range: { fromUs: firstUs, toUs: lastUs } });
    }
  }
  return groups;
}

/** Parameters that bound `start_ns`. */
export function rangeParams({ fromUs, toUs }: TimeRange): { from_ns: string; to_ns: string } {
  return { from_ns: String(BigInt(fromUs) * 1000n), to_ns: String(BigInt(toUs) * 1000n + 999n) };
}

/** With {@link rangeParams}. */
export const IN_RANGE_SQL = 'start_ns BETWEEN {from_ns:Int64} AND {to_ns:Int64}';
