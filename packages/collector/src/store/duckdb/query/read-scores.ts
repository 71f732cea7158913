import type { Score } from '@slipstream/query-api';
import type { RowSource } from '../database/query-pool.js';
import { fromRow } from '../schema/columns.js';
import { SCORE_COLUMNS, type ScoreRow } from '../schema/score-columns.js';

/** Scores of one trace that are read; more than that nobody reads one by one. */
export const MAX_TRACE_SCORES = 1_000;

export const TRACE_SCORES_SQL = `SELECT ${SCORE_COLUMNS.map(({ name }) => name).join(', ')} FROM scores
WHERE trace_id = $trace_id ORDER BY time_us, score_id LIMIT ${MAX_TRACE_SCORES}`;

/** Scores of a trace and of its observations, by time. */
export async function readScores(source: RowSource, traceId: string): Promise<Score[]> {
  const rows = await source.rows({ sql: TRACE_SCORES_SQL, values: { trace_id: traceId } });
  return rows.map((row) => toScore(fromRow<ScoreRow>(SCORE_COLUMNS, row)));
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
