import { FIELD } from '../../record/format.js';
import { CorruptRecordError } from '../errors.js';
import type { ValueReader } from '../value-reader.js';
import { type AttributeValue, readAttribute, readEntries, readText } from '../value-text.js';

/** What a SCORE record holds; `undefined` where it does not say. */
export class ScoreFields {
  id: string | undefined = undefined;
  name: string | undefined = undefined;
  value: AttributeValue | undefined = undefined;
  dataType: string | undefined = undefined;
  traceId: string | undefined = undefined;
  observationId: string | undefined = undefined;
  sessionId: string | undefined = undefined;
  comment: string | undefined = undefined;
  metadata: Map<string, AttributeValue> | undefined = undefined;
}

export interface ScoreRecord {
  readonly kind: 'score';
  readonly fields: ScoreFields;
  /** Milliseconds of the application thread's `performance.now()`. */
  readonly atMs: number;
}

export function readScoreFields(values: ValueReader): ScoreFields {
  const fields = new ScoreFields();
  while (!values.isAtEnd) readScoreField(values, values.byte(), fields);
  return fields;
}

function readScoreField(values: ValueReader, field: number, fields: ScoreFields): void {
  switch (field) {
    case FIELD.SCORE_ID:
      fields.id = readText(values);
      break;
    case FIELD.SCORE_NAME:
      fields.name = readText(values);
      break;
    case FIELD.SCORE_VALUE:
      fields.value = readAttribute(values);
      break;
    case FIELD.SCORE_DATA_TYPE:
      fields.dataType = readText(values);
      break;
    case FIELD.SCORE_TRACE_ID:
      fields.traceId = readText(values);
      break;
    case FIELD.SCORE_OBSERVATION_ID:
      fields.observationId = readText(values);
      break;
    case FIELD.SCORE_SESSION_ID:
      fields.sessionId = readText(values);
      break;
    case FIELD.SCORE_COMMENT:
      fields.comment = readText(values);
      break;
    case FIELD.SCORE_METADATA:
      fields.metadata = readEntries(values);
      break;
    default:
      throw new CorruptRecordError(`unknown field ${field}`);
  }
}
