import { z } from 'zod';
import { numbersByKeySchema, textsByKeySchema } from './by-key.js';
import { levelSchema } from './level.js';
import { observationTypeSchema } from './observation-type.js';

/** One observation of a trace, without its large texts. */
export const observationNodeSchema = z.object({
  spanId: z.string(),
  /** `''` for a root, or where the parent is unknown. */
  parentSpanId: z.string(),
  type: observationTypeSchema,
  name: z.string(),
  startTimeUs: z.number(),
  /** `null` while it runs. */
  endTimeUs: z.number().nullable(),
  level: levelSchema,
  statusMessage: z.string().nullable(),
  model: z.string().nullable(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  costUsd: z.number().nullable(),
  completionStartTimeUs: z.number().nullable(),
});
export type ObservationNode = z.infer<typeof observationNodeSchema>;

/** A text that may have been cut for transport. */
export const cutTextSchema = z.object({
  text: z.string(),
  /** Length of the whole text in UTF-16 code units. */
  fullLength: z.number(),
});
export type CutText = z.infer<typeof cutTextSchema>;

/** Everything the store knows of one observation. */
export const observationDetailSchema = observationNodeSchema.extend({
  traceId: z.string(),
  input: cutTextSchema.nullable(),
  output: cutTextSchema.nullable(),
  metadata: textsByKeySchema,
  modelParameters: z.string().nullable(),
  usageDetails: numbersByKeySchema,
  costDetails: numbersByKeySchema,
  /** `reported` by the sender, `computed` from the price table, or `none`. */
  costSource: z.enum(['reported', 'computed', 'none']),
  promptName: z.string().nullable(),
  promptVersion: z.string().nullable(),
  version: z.string().nullable(),
  service: z.string().nullable(),
  scopeName: z.string(),
  scopeVersion: z.string(),
});
export type ObservationDetail = z.infer<typeof observationDetailSchema>;

/** How much of one input or output the detail sends unless `?full=1` asks for all of it, in UTF-16 code units. */
export const DETAIL_TEXT_LIMIT = 200_000;
