import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import type { Query, RowSource } from '../database/query-pool.js';
import type { MetadataCondition } from './metadata-condition.js';

/**
 * A place where metadata stands: no earlier than its trace starts and no later than its last observation does. So of the
 * anchors from the newest down to some time, every trace that starts after that time has one.
 */
export interface Anchor {
  readonly traceId: string;
  readonly startUs: number;
}

export interface AnchorBounds {
  readonly fromUs: number | undefined;
  readonly toUs: number | undefined;
}

export interface Anchors {
  /** From the newest on, the first of each trace. */
  readonly list: readonly Anchor[];
  /** Down to when they are all there, this time not included; `undefined` where there are no more. */
  readonly downToUs: number | undefined;
}

export interface Candidate extends Anchor {
  readonly lastStartUs: number;
  readonly sessionId: string | null;
}

const MEANT = 1;
/** So many traces are looked for each in its own stretch of time, about a millisecond each; more of them all at once. */
export const MAX_SEPARATE_TRACES = 64;

/** @param limit above the engine's `late_materialization_max_rows`, below which it finds rows that lie far apart dearly */
export async function readAnchors(
  source: RowSource,
  condition: MetadataCondition,
  bounds: AnchorBounds,
  limit: number,
): Promise<Anchors> {
  const rows = await source.rows(anchorsQuery(condition, bounds, limit));
  const anchors = new Map<string, Anchor>();
  for (const [traceId, startUs, isMeant] of rows) {
    const id = String(traceId);
    if (isMeant === MEANT && !anchors.has(id)) anchors.set(id, { traceId: id, startUs: Number(startUs) });
  }
  return { list: [...anchors.values()], downToUs: rows.length < limit ? undefined : Number(rows.at(-1)?.[1]) };
}

/**
 * The newest rows by their narrow column alone: the engine begins with the newest row groups and stops when it has them.
 * Texts are compared in what is selected, not in a condition, which would be evaluated for all the others too.
 */
export function anchorsQuery(condition: MetadataCondition, { fromUs, toUs }: AnchorBounds, limit: number): Query {
  const values: NonNullable<Query['values']> = { ...condition.values };
  if (fromUs !== undefined) values.anchor_from_us = BigInt(fromUs);
  if (toUs !== undefined) values.anchor_to_us = BigInt(toUs);
  const within = [
    fromUs === undefined ? '' : ' AND start_us >= $anchor_from_us',
    toUs === undefined ? '' : ' AND start_us <= $anchor_to_us',
  ].join('');
  const orderSql = `ORDER BY start_us DESC LIMIT ${limit}`;
  const parts = [
    `SELECT trace_id, start_us, CAST(${condition.isSql} AS INTEGER) AS is_meant FROM metadata WHERE ${condition.findSql}`,
  ];
  if (condition.withoutTermSql !== undefined) {
    parts.push(`SELECT trace_id, start_us, 1 FROM metadata WHERE ${condition.withoutTermSql}`);
  }
  if (condition.sessionId !== undefined) {
    values.session_id = condition.sessionId;
    for (const table of ['hot_traces', 'traces']) {
      parts.push(`SELECT trace_id, start_us, 1 FROM ${table} WHERE session_id = $session_id`);
    }
  }
  if (parts.length === 1) return { sql: `${parts[0]}${within}\n${orderSql}`, values };
  const all = parts.map((part) => `(${part}${within}\n${orderSql})`).join('\nUNION ALL\n');
  return { sql: `SELECT * FROM (\n${all})\n${orderSql}`, values };
}

/** Those of the candidates that meet all the conditions. */
export async function keepMeant(
  source: RowSource,
  conditions: readonly MetadataCondition[],
  candidates: readonly Candidate[],
): Promise<readonly Candidate[]> {
  let kept = candidates;
  for (const condition of conditions) {
    if (kept.length === 0) return kept;
    const rows = await source.rows(meantQuery(condition, kept));
    const meant = new Set(rows.filter(([, isMeant]) => isMeant === MEANT).map(([traceId]) => String(traceId)));
    const { sessionId: asked } = condition;
    kept = kept.filter(({ traceId, sessionId }) => meant.has(traceId) || (asked !== undefined && sessionId === asked));
  }
  return kept;
}

export function meantQuery(condition: MetadataCondition, candidates: readonly Candidate[]): Query {
  const values: NonNullable<Query['values']> = { ...condition.values };
  const types: NonNullable<Query['types']> = {};
  const findSql = condition.withoutTermSql === undefined ? condition.findSql : `(${condition.findSql} OR term IS NULL)`;
  const part = (index: number, traces: readonly Candidate[], idsSql: string): string => {
    values[`from_us_${index}`] = BigInt(Math.min(...traces.map(({ startUs }) => startUs)));
    values[`to_us_${index}`] = BigInt(Math.max(...traces.map(({ lastStartUs }) => lastStartUs)));
    return `SELECT trace_id, CAST(${condition.isSql} AS INTEGER) AS is_meant FROM metadata
  WHERE start_us BETWEEN $from_us_${index} AND $to_us_${index} AND trace_id ${idsSql} AND ${findSql}`;
  };
  const parts: string[] = [];
  if (candidates.length > MAX_SEPARATE_TRACES) {
    values.trace_ids = listValue(candidates.map(({ traceId }) => traceId));
    types.trace_ids = LIST(VARCHAR);
    parts.push(part(0, candidates, 'IN (SELECT unnest($trace_ids))'));
  } else {
    for (const [index, candidate] of candidates.entries()) {
      values[`trace_id_${index}`] = candidate.traceId;
      parts.push(part(index, [candidate], `= $trace_id_${index}`));
    }
  }
  const sql = `SELECT trace_id, max(is_meant) FROM (\n${parts.join('\nUNION ALL\n')})\nGROUP BY trace_id`;
  return { sql, values, types };
}
