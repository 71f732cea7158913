import { z } from 'zod';
import { textsByKeySchema } from './by-key.js';

export const scoreDataTypeSchema = z.enum(['NUMERIC', 'BOOLEAN', 'CATEGORICAL', 'TEXT', 'CORRECTION']);
export type ScoreDataType = z.infer<typeof scoreDataTypeSchema>;

/** A judgement of a trace or of one of its observations. */
export const scoreSchema = z.object({
  scoreId: z.string(),
  /** `''` where the trace itself is judged. */
  spanId: z.string(),
  name: z.string(),
  dataType: scoreDataTypeSchema,
  /** 1 and 0 for booleans; `null` for texts. */
  value: z.number().nullable(),
  /** A category or another text; `null` for numbers and booleans. */
  text: z.string().nullable(),
  comment: z.string().nullable(),
  /** Structures are JSON text. */
  metadata: textsByKeySchema,
  timeUs: z.number(),
});
export type Score = z.infer<typeof scoreSchema>;
