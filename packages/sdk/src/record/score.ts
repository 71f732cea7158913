/** A judgement of an observation, a trace or a session: a user's thumb, an evaluator's verdict. Names as in Langfuse. */
export interface ScoreFields {
  /** What is judged, e.g. `correctness`. */
  readonly name: string;
  /** A finite number, `true` or `false`, or the name of a category. */
  readonly value: number | boolean | string;
  /** @default as the value's type says: number, boolean (sent as 1 or 0), string */
  readonly dataType?: ScoreDataType | undefined;
  /** Why. */
  readonly comment?: string | undefined;
  /** Facts to filter by. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** A later score with the same id replaces this one. @default a random one */
  readonly id?: string | undefined;
}

/** How a score's value is to be read. */
export type ScoreDataType = 'NUMERIC' | 'BOOLEAN' | 'CATEGORICAL';

/** What a score is about: a trace, an observation in a trace, or a session. */
export interface ScoreTarget {
  /** 32 hexadecimal digits, or whatever names the trace in another system. */
  readonly traceId?: string | undefined;
  /** Needs `traceId` beside it. */
  readonly observationId?: string | undefined;
  /** As in `updateTrace({ sessionId })`. */
  readonly sessionId?: string | undefined;
}

/** A score of anything, by its ids. */
export interface ScoreStart extends ScoreFields, ScoreTarget {}

/** A score as its record has it. */
export interface ScoreValues extends ScoreFields, ScoreTarget {
  readonly value: number | string;
  readonly dataType: ScoreDataType;
}

/** What a caller passed as a whole score, or why it is none. Reading it may run the caller's getters, and so throw. */
export function readScore(fields: ScoreFields, target: ScoreTarget): ScoreValues | string {
  const { name, value, dataType, comment, metadata, id } = fields;
  const traceId = textOf(target.traceId);
  const observationId = textOf(target.observationId);
  const sessionId = textOf(target.sessionId);
  if (traceId === undefined && sessionId === undefined) return 'it needs a traceId or a sessionId';
  if (observationId !== undefined && traceId === undefined) return 'an observationId needs its traceId';
  if (textOf(name) === undefined) return 'it needs a name';
  const typed = typedValue(value, dataType);
  if (typed === undefined) return 'its value is no finite number, boolean or text, or not of its dataType';
  return { name, ...typed, traceId, observationId, sessionId, comment: textOf(comment), metadata, id: textOf(id) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value as Langfuse takes it: booleans are 1 and 0. */
function typedValue(value: unknown, dataType: unknown): Pick<ScoreValues, 'value' | 'dataType'> | undefined {
  const type = typeof dataType === 'string' ? dataType : undefined;
  if (typeof value === 'boolean' || (type === 'BOOLEAN' && (value === 0 || value === 1))) {
    return type === undefined || type === 'BOOLEAN' ? { value: Number(value), dataType: 'BOOLEAN' } : undefined;
  }
  if (typeof value === 'number' && Number.isFinite(value)) {
    return type === undefined || type === 'NUMERIC' ? { value, dataType: 'NUMERIC' } : undefined;
  }
  if (typeof value !== 'string') return undefined;
  return type === undefined || type === 'CATEGORICAL' ? { value, dataType: 'CATEGORICAL' } : undefined;
}
