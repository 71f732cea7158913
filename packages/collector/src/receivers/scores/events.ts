/**
 * Events of Langfuse's ingestion API (`POST /api/public/ingestion`), of which `score-create` is taken:
 * https://api.reference.langfuse.com/#tag/ingestion
 */
import { type ScoreDataType, scoreDataTypeSchema } from '@slipstream/query-api';
import { z } from 'zod';
import { describeIssues } from '../../http/api-error.js';
import type { ScoreEntry } from '../../scores/payload.js';

export const INGESTION_PATH = '/api/public/ingestion';

/** More in one request are refused as a whole; Langfuse's own libraries send 100 at most. */
export const MAX_EVENTS = 1_000;

const MAX_ID_LENGTH = 800;
const MAX_NAME_LENGTH = 1_000;
const MAX_TEXT_LENGTH = 100_000;
const MAX_METADATA_KEYS = 100;

const idSchema = z.string().min(1).max(MAX_ID_LENGTH);
const textSchema = z.string().max(MAX_TEXT_LENGTH);

const bodySchema = z
  .object({
    id: idSchema.nullish(),
    traceId: idSchema.nullish(),
    observationId: idSchema.nullish(),
    sessionId: idSchema.nullish(),
    name: z.string().min(1).max(MAX_NAME_LENGTH),
    value: z.union([z.number(), textSchema]),
    dataType: scoreDataTypeSchema.nullish(),
    comment: textSchema.nullish(),
    metadata: z.record(z.string().max(MAX_NAME_LENGTH), z.unknown()).nullish(),
    environment: z.string().max(MAX_NAME_LENGTH).nullish(),
  })
  .refine(({ traceId, sessionId }) => Boolean(traceId ?? sessionId), 'a score needs a traceId or a sessionId')
  .refine(({ traceId, observationId }) => !observationId || Boolean(traceId), 'an observationId needs its traceId')
  .refine(isOfItsType, 'the value is not of the dataType')
  .refine(
    ({ metadata }) => Object.keys(metadata ?? {}).length <= MAX_METADATA_KEYS,
    `metadata must have at most ${MAX_METADATA_KEYS} keys`,
  );

type ScoreBody = z.infer<typeof bodySchema>;

interface TypedValue {
  readonly value: number | string;
  readonly dataType?: ScoreDataType | null | undefined;
}

function isOfItsType({ value, dataType }: TypedValue): boolean {
  if (dataType === 'BOOLEAN') return value === 0 || value === 1;
  return !dataType || (dataType === 'NUMERIC') === (typeof value === 'number');
}

const eventSchema = z.object({
  id: idSchema,
  type: z.string().max(100),
  timestamp: z.iso.datetime({ offset: true }).nullish(),
  body: z.unknown(),
});

/** What one event turned out to be. */
export type ReadEvent =
  | { readonly kind: 'score'; readonly id: string; readonly score: ScoreEntry }
  | { readonly kind: 'refused'; readonly id: string; readonly message: string };

/** Reads one event of a batch. `nowUs` is the time of a score that does not say its own. */
export function readEvent(value: unknown, nowUs: number): ReadEvent {
  const event = eventSchema.safeParse(value);
  if (!event.success) return { kind: 'refused', id: idOf(value), message: describeIssues(event.error) };
  const { id, type, timestamp, body } = event.data;
  if (type !== 'score-create') {
    const message = `This collector takes score-create here, and not "${type}": send traces by OTLP to /v1/traces.`;
    return { kind: 'refused', id, message };
  }
  const read = bodySchema.safeParse(body);
  if (!read.success) return { kind: 'refused', id, message: describeIssues(read.error) };
  const timeUs = timestamp ? Date.parse(timestamp) * 1000 : nowUs;
  return { kind: 'score', id, score: toEntry(read.data, id, timeUs) };
}

/** What the answer calls an event that is none. */
function idOf(value: unknown): string {
  const id: unknown = (value as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id.slice(0, MAX_ID_LENGTH) : '';
}

function toEntry(body: ScoreBody, eventId: string, timeUs: number): ScoreEntry {
  const { value } = body;
  const isNumber = typeof value === 'number';
  return {
    // Sent again, the event has the same id, and so the score.
    id: body.id ?? eventId,
    traceId: toStoredId(body.traceId ?? ''),
    observationId: toStoredId(body.observationId ?? ''),
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

/** Ids of OTLP are stored in lower case; others as they are. */
function toStoredId(id: string): string {
  return /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i.test(id) ? id.toLowerCase() : id;
}

function toTexts(metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(metadata)) {
    texts[key] = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  }
  return texts;
}
