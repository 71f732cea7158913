import { type ScoreDataType, scoreDataTypeSchema } from '@slipstream/query-api';
import { z } from 'zod';
import type { ScoreEntry } from '../../scores/payload.js';
import { idSchema, toSpanId, toTraceId } from './ids.js';
import { isJsonObject } from './values.js';

const MAX_NAME_LENGTH = 1_000;
const MAX_TEXT_LENGTH = 100_000;
const MAX_METADATA_KEYS = 100;

const textSchema = z.string().max(MAX_TEXT_LENGTH);

/** The body of a `score-create`. */
export const scoreBodySchema = z
  .object({
    id: idSchema.nullish(),
    traceId: idSchema.nullish(),
    observationId: idSchema.nullish(),
    sessionId: idSchema.nullish(),
    name: z.string().min(1).max(MAX_NAME_LENGTH),
    value: z.union([z.number(), textSchema]),
    dataType: scoreDataTypeSchema.nullish(),
    comment: textSchema.nullish(),
    // Not as a record of zod's, which leaves a key `__proto__` out.
    metadata: z.custom<Readonly<Record<string, unknown>>>(isJsonObject, 'must be an object').nullish(),
    environment: z.string().max(MAX_NAME_LENGTH).nullish(),
  })
  .refine(({ traceId, sessionId }) => Boolean(traceId ?? sessionId), 'a score needs a traceId or a sessionId')
  .refine(({ traceId, observationId }) => !observationId || Boolean(traceId), 'an observationId needs its traceId')
  .refine(isOfItsType, 'the value is not of the dataType')
  .refine(
    ({ metadata }) => Object.keys(metadata ?? {}).length <= MAX_METADATA_KEYS,
    `metadata must have at most ${MAX_METADATA_KEYS} keys`,
  )
  .refine(
    ({ metadata }) => Object.keys(metadata ?? {}).every((key) => key.length <= MAX_NAME_LENGTH),
    `a key of metadata must have at most ${MAX_NAME_LENGTH} characters`,
  );

type ScoreBody = z.infer<typeof scoreBodySchema>;

interface TypedValue {
  readonly value: number | string;
  readonly dataType?: ScoreDataType | null | undefined;
}

function isOfItsType({ value, dataType }: TypedValue): boolean {
  if (dataType === 'BOOLEAN') return value === 0 || value === 1;
  return !dataType || (dataType === 'NUMERIC') === (typeof value === 'number');
}

/** @throws RangeError where metadata is nested deeper than the stack allows. */
export function toScoreEntry(body: ScoreBody, eventId: string, timeUs: number): ScoreEntry {
  const { value } = body;
  const isNumber = typeof value === 'number';
  return {
    // Sent again, the event has the same id, and so the score.
    id: body.id ?? eventId,
    traceId: body.traceId ? toTraceId(body.traceId) : '',
    observationId: body.observationId ? toSpanId(body.observationId) : '',
    sessionId: body.sessionId ?? '',
    name: body.name,
    dataType: body.dataType ?? (isNumber ? 'NUMERIC' : 'CATEGORICAL'),
    value: isNumber ? value : undefined,
    text: isNumber ? undefined : value,
    comment: body.comment ?? undefined,
    metadata: toTexts(body.metadata ?? {}),
    environment: body.environment ?? undefined,
    timeUs,
  };
}

function toTexts(metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = Object.entries(metadata).map(([key, value]): [string, string] => [
    key,
    typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
  ]);
  return Object.fromEntries(texts);
}
