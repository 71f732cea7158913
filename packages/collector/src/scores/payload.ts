/** Scores as an entry of the queue: what a receiver writes there and a store reads. */
import { type ScoreDataType, scoreDataTypeSchema } from '@slipstream/query-api';
import { z } from 'zod';

/** One score, checked and complete. */
export interface ScoreEntry {
  readonly id: string;
  /** `''` where a session is judged. */
  readonly traceId: string;
  /** `''` where the trace or session itself is judged. */
  readonly observationId: string;
  /** `''` where a trace is judged. */
  readonly sessionId: string;
  readonly name: string;
  readonly dataType: ScoreDataType;
  readonly value: number | undefined;
  readonly text: string | undefined;
  readonly comment: string | undefined;
  /** Structures are JSON text. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly environment: string | undefined;
  /** Microseconds since the epoch. */
  readonly timeUs: number;
}

/** No export request begins with it: as a tag it would be of a group, which OTLP has none of. */
const OPENING_BRACE = 0x7b;

export const SCORES_CONTENT_TYPE = 'application/json';

/** More than any receiver puts into one entry. */
const MAX_SCORES = 10_000;
/** Of ids, names and the keys of metadata; more than any receiver lets through. */
const MAX_NAME_CHARS = 1000;
const MAX_METADATA_KEYS = 1000;
/** What an entry that a collector appended may hold in all; one that came into a shared queue may be larger. */
const MAX_TEXT_CHARS = 16 * 1024 * 1024;

const LONE_SURROGATE = /\p{Surrogate}/gu;

const WRONG_ENTRY = 'it is no score, or larger than one can be';

/** Text has UTF-8: half of a character, which JSON can spell, has none, and ClickHouse refuses a batch for it. */
const textUpTo = (maxChars: number) =>
  z
    .string()
    .max(maxChars)
    .overwrite((text) => text.replace(LONE_SURROGATE, '\ufffd'));
const nameSchema = textUpTo(MAX_NAME_CHARS);
const textSchema = textUpTo(MAX_TEXT_CHARS).optional();
const metadataEntrySchema = z.tuple([nameSchema, textUpTo(MAX_TEXT_CHARS)]);

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** By hand, since zod's record leaves a key `__proto__` out. */
function readMetadata(metadata: object, context: z.RefinementCtx): Record<string, string> {
  const entries = Object.entries(metadata);
  if (entries.length > MAX_METADATA_KEYS) context.addIssue({ code: 'custom' });
  const read = entries.slice(0, MAX_METADATA_KEYS).flatMap(([key, value]) => {
    const entry = metadataEntrySchema.safeParse([key, value]);
    if (!entry.success) context.addIssue({ code: 'custom', path: [key] });
    return entry.success ? [entry.data] : [];
  });
  return Object.fromEntries(read);
}

/** Anyone can append to a shared queue, so what a receiver has checked is checked again. */
const scoreEntrySchema = z.object({
  id: nameSchema.min(1),
  traceId: z.string().regex(/^([0-9a-f]{32})?$/),
  observationId: z.string().regex(/^([0-9a-f]{16})?$/),
  sessionId: nameSchema,
  name: nameSchema,
  dataType: scoreDataTypeSchema,
  value: z.number().optional(),
  text: textSchema,
  comment: textSchema,
  metadata: z.custom<object>(isObject).transform(readMetadata),
  environment: nameSchema.optional(),
  // No time that JavaScript can write as a date is larger.
  timeUs: z.number().int().nonnegative(),
});

const payloadSchema = z.object({ scores: z.array(scoreEntrySchema).max(MAX_SCORES) });

/** What is wrong with a score that is about to become an entry, or `undefined`; never repeats what it holds. */
export function findScoreProblem(score: ScoreEntry): string | undefined {
  const { success, error } = scoreEntrySchema.safeParse(score);
  if (success) return undefined;
  const place = error.issues[0]?.path.map(String).join('.') ?? '';
  return place === '' ? WRONG_ENTRY : `${place}: ${WRONG_ENTRY}`;
}

export function encodeScores(scores: readonly ScoreEntry[]): Uint8Array {
  return Buffer.from(JSON.stringify({ scores }));
}

/** Whether an entry of the queue holds scores, and not spans. */
export function holdsScores(payload: Uint8Array): boolean {
  return payload[0] === OPENING_BRACE;
}

/** The scores of an entry, or `undefined` where it cannot be read or any of them is none. */
export function decodeScores(payload: Uint8Array): readonly ScoreEntry[] | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString());
    const parsed = payloadSchema.safeParse(json);
    return parsed.success ? parsed.data.scores.map(toEntry) : undefined;
  } catch {
    // No JSON, or of a shape at which a schema throws; the caller keeps the bytes among its dead letters.
    return undefined;
  }
}

function toEntry({ value, text, comment, environment, ...rest }: z.infer<typeof scoreEntrySchema>): ScoreEntry {
  return { ...rest, value, text, comment, environment };
}
