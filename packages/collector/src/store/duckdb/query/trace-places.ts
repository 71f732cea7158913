import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { Query } from '../database/query-pool.js';
import { type Anchor, MAX_SEPARATE_TRACES } from './metadata-anchors.js';
import type { TraceConditions } from './trace-filter.js';

/** Anchors farther apart than this share of the whole are in stretches of their own: so many are read, at most. */
const MAX_STRETCHES = 32;
/** Closer together than this, anchors are in one stretch anyway. */
const MIN_GAP_US = 10_000_000;

interface Stretch {
  readonly fromUs: number;
  readonly toUs: number;
  readonly traceIds: readonly string[];
}

/**
 * The rows of traces by what is known of when they run: few row groups around each anchor are read, where a look for the
 * ids alone reads the whole table.
 *
 * @param anchors from the newest on
 */
export function placesQuery(
  anchors: readonly Anchor[],
  conditions: TraceConditions,
  columns: readonly string[],
): Query {
  const values: NonNullable<Query['values']> = { ...conditions.values };
  const types: NonNullable<Query['types']> = { ...conditions.types };
  const columnsSql = columns.map((name) => `t.${name}`).join(', ');
  const where = conditions.where === '' ? 'WHERE' : `${conditions.where}\n  AND`;
  const all = anchors.map(({ traceId }) => traceId);
  const idsSql = (name: string, traceIds: readonly string[]): string => {
    if (traceIds.length > MAX_SEPARATE_TRACES) {
      values[name] = listValue([...traceIds]);
      types[name] = LIST(VARCHAR);
      return `SELECT unnest($${name})`;
    }
    for (const [index, traceId] of traceIds.entries()) values[`${name}_${index}`] = traceId;
    return traceIds.map((_, index) => `$${name}_${index}`).join(', ');
  };
  const parts = stretchesOf(anchors).map(({ fromUs, toUs, traceIds }, index) => {
    values[`stretch_from_us_${index}`] = BigInt(fromUs);
    values[`stretch_to_us_${index}`] = BigInt(toUs);
    return `SELECT ${columnsSql} FROM traces AS t
${where} t.start_us <= $stretch_to_us_${index} AND t.last_start_us >= $stretch_from_us_${index}
  AND t.trace_id IN (${idsSql(`stretch_${index}_id`, traceIds)})`;
  });
  // The table of traces in motion is small.
  parts.push(`SELECT ${columnsSql} FROM hot_traces AS t\n${where} t.trace_id IN (${idsSql('hot_id', all)})`);
  return { sql: parts.join('\nUNION ALL\n'), values, types };
}

function stretchesOf(anchors: readonly Anchor[]): Stretch[] {
  const newestUs = anchors[0]?.startUs ?? 0;
  const oldestUs = anchors.at(-1)?.startUs ?? 0;
  const isOne = anchors.length > MAX_SEPARATE_TRACES;
  const maxGapUs = isOne ? Number.POSITIVE_INFINITY : Math.max(MIN_GAP_US, (newestUs - oldestUs) / MAX_STRETCHES);
  const stretches: { fromUs: number; toUs: number; traceIds: string[] }[] = [];
  for (const { traceId, startUs } of anchors) {
    const last = stretches.at(-1);
    if (last && last.fromUs - startUs <= maxGapUs) {
      last.fromUs = startUs;
      last.traceIds.push(traceId);
    } else {
      stretches.push({ fromUs: startUs, toUs: startUs, traceIds: [traceId] });
    }
  }
  return stretches;
}
