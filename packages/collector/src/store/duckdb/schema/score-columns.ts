import { scoreDataTypeSchema } from '@slipstream/query-api';
import type { ScoreEntry } from '../../../scores/payload.js';
import * as c from './columns.js';

/** A score as its row has it. */
export interface ScoreRow extends Omit<ScoreEntry, 'metadata'> {
  readonly metadata: ReadonlyMap<string, string>;
}

/** Few beside the spans, so that the newest of an id is kept by removing the ones before it. */
export const SCORE_COLUMNS: readonly c.Column<ScoreRow>[] = [
  c.column('score_id', 'id', c.text),
  c.column('trace_id', 'traceId', c.text),
  c.column('span_id', 'observationId', c.text),
  c.column('session_id', 'sessionId', c.text),
  c.column('name', 'name', c.text),
  c.column('data_type', 'dataType', c.oneOf(scoreDataTypeSchema.options, 'NUMERIC')),
  c.column('value', 'value', c.optionalReal),
  c.column('text', 'text', c.optionalText),
  c.column('comment', 'comment', c.optionalText),
  c.column('metadata', 'metadata', c.textMap),
  c.column('environment', 'environment', c.optionalText),
  c.column('time_us', 'timeUs', c.whole),
];
