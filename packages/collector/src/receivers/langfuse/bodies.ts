import { OBSERVATION_LEVELS, OBSERVATION_TYPES, type ObservationType } from '@slipstream/wire';
import { z } from 'zod';
import { idSchema, rootSpanIdOf, toSpanId, toTraceId, traceIdOfLone } from './ids.js';
import { MAX_METADATA_KEYS, MAX_TAGS } from './merge.js';
import type { EventRank, Field, Patch } from './patch.js';
import { parseTimeNs } from './times.js';
import { costText, usageText, usageUnit } from './usage.js';
import { isJsonObject, toMetadata, toText } from './values.js';

const MAX_NAME_LENGTH = 1_000;
const MAX_TEXT_LENGTH = 1_000_000;

const nameSchema = z.string().max(MAX_NAME_LENGTH).nullish();
const textSchema = z.string().max(MAX_TEXT_LENGTH).nullish();

/** A time as the decimal digits of its nanoseconds. */
const timeSchema = z
  .string()
  .max(100)
  .transform((text, context) => {
    const ns = parseTimeNs(text);
    if (ns !== undefined) return String(ns);
    context.addIssue({ code: 'custom', message: 'must be an ISO 8601 time from 1970 to 2262' });
    return z.NEVER;
  })
  .nullish();

const metadataSchema = z
  .unknown()
  .optional()
  .refine(
    (value) => !isJsonObject(value) || Object.keys(value).length <= MAX_METADATA_KEYS,
    `must have at most ${MAX_METADATA_KEYS} keys`,
  );

const commonShape = {
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  metadata: metadataSchema,
  version: nameSchema,
  environment: nameSchema,
};

export const traceBodySchema = z.object({
  ...commonShape,
  id: idSchema.nullish(),
  name: nameSchema,
  timestamp: timeSchema,
  userId: nameSchema,
  sessionId: nameSchema,
  release: nameSchema,
  public: z.boolean().nullish(),
  tags: z.array(z.string().max(MAX_NAME_LENGTH)).max(MAX_TAGS).nullish(),
});

export type TraceBody = z.infer<typeof traceBodySchema>;

export const observationBodySchema = z
  .object({
    ...commonShape,
    id: idSchema.nullish(),
    name: textSchema,
    traceId: idSchema.nullish(),
    /** Only of `observation-create` and `observation-update`. */
    type: z
      .string()
      .transform((type) => type.toLowerCase())
      .pipe(z.enum(OBSERVATION_TYPES))
      .nullish(),
    parentObservationId: z.string().max(800).nullish(),
    startTime: timeSchema,
    endTime: timeSchema,
    completionStartTime: timeSchema,
    level: z.enum(OBSERVATION_LEVELS).nullish(),
    statusMessage: textSchema,
    model: nameSchema,
    // Not as a record of zod's, which leaves a key `__proto__` out.
    modelParameters: z.custom<Readonly<Record<string, unknown>>>(isJsonObject, 'must be an object').nullish(),
    usage: z.unknown().optional(),
    usageDetails: z.unknown().optional(),
    costDetails: z.unknown().optional(),
    promptName: nameSchema,
    promptVersion: z.number().int().nullish(),
  })
  .refine(
    ({ promptName, promptVersion }) => Boolean(promptName) === Boolean(promptVersion),
    'promptName and promptVersion belong together',
  );

export type ObservationBody = z.infer<typeof observationBodySchema>;

/** What an event is besides its body. */
export interface EventHead {
  readonly eventId: string;
  readonly rank: EventRank;
  readonly atNs: bigint;
}

/** @throws RangeError where a value is nested deeper than the stack allows. */
export function toTracePatch(body: TraceBody, { eventId, rank, atNs }: EventHead): Patch {
  const id = body.id ?? eventId;
  const traceId = toTraceId(id);
  const fields = new FieldMap();
  fields.add('startNs', body.timestamp ?? String(atNs));
  fields.addCommon(body);
  fields.add('userId', body.userId);
  fields.add('sessionId', body.sessionId);
  fields.add('release', body.release);
  if (body.public != null) fields.add('isPublic', String(body.public));
  const metadata = withOriginalId(toMetadata(body.metadata), 'langfuse_id', id, traceId);
  const tags = (body.tags ?? []).filter((tag) => tag !== '');
  return { kind: 'trace', traceId, spanId: rootSpanIdOf(traceId), eventId, rank, fields: fields.map, metadata, tags };
}

/** @throws RangeError where a value is nested deeper than the stack allows. */
export function toObservationPatch(body: ObservationBody, type: ObservationType, head: EventHead): Patch {
  const { eventId, rank, atNs } = head;
  const id = body.id ?? eventId;
  const traceId = body.traceId ? toTraceId(body.traceId) : traceIdOfLone(id);
  const fields = new FieldMap();
  fields.add('type', body.type ?? type);
  fields.addCommon(body);
  if (body.parentObservationId) fields.add('parentSpanId', toSpanId(body.parentObservationId));
  // What is created without a start begins with the event that says so.
  const startNs = body.startTime ?? (rank.isUpdate ? undefined : String(atNs));
  fields.add('startNs', startNs);
  fields.add('endNs', body.endTime ?? ((body.type ?? type) === 'event' ? startNs : undefined));
  fields.add('level', body.level);
  fields.add('statusMessage', body.statusMessage);
  addModelFields(fields, body);
  const spanId = toSpanId(id);
  let metadata = withOriginalId(toMetadata(body.metadata), 'langfuse_id', id, spanId);
  // A UUID is easily told in what has become of it; the trace itself keeps it as it was.
  if (body.traceId && body.traceId.replaceAll('-', '').toLowerCase() !== traceId) {
    metadata = withOriginalId(metadata, 'langfuse_trace_id', body.traceId, traceId);
  }
  const unit = usageUnit(body.usage);
  if (unit !== undefined && !metadata.has('usage_unit')) metadata.set('usage_unit', unit);
  return { kind: 'observation', traceId, spanId, eventId, rank, fields: fields.map, metadata, tags: [] };
}

function addModelFields(fields: FieldMap, body: ObservationBody): void {
  fields.add('completionStartNs', body.completionStartTime);
  fields.add('model', body.model);
  fields.add('modelParameters', toText(body.modelParameters));
  fields.add('usageDetails', usageText(body.usage, body.usageDetails));
  fields.add('costDetails', costText(body.usage, body.costDetails));
  fields.add('promptName', body.promptName);
  if (body.promptVersion) fields.add('promptVersion', String(body.promptVersion));
}

/** Where the id had to be replaced, so that a person finds what they know it by. */
function withOriginalId(metadata: Map<string, string>, key: string, id: string, mapped: string): Map<string, string> {
  if (id.toLowerCase() !== mapped && !metadata.has(key)) metadata.set(key, id);
  return metadata;
}

class FieldMap {
  readonly map = new Map<Field, string>();

  add(field: Field, value: string | null | undefined): void {
    if (value !== undefined && value !== null && value !== '') this.map.set(field, value);
  }

  addCommon(body: Pick<ObservationBody, 'name' | keyof typeof commonShape>): void {
    this.add('name', body.name);
    this.add('input', toText(body.input));
    this.add('output', toText(body.output));
    this.add('version', body.version);
    this.add('environment', body.environment);
  }
}
