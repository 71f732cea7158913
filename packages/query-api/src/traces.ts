import { z } from 'zod';
import { textsByKeySchema } from './by-key.js';
import { levelSchema } from './level.js';
import { observationNodeSchema } from './observations.js';
import { scoreSchema } from './scores.js';

/** One row of the trace list. */
export const traceSummarySchema = z.object({
  traceId: z.string(),
  name: z.string(),
  service: z.string().nullable(),
  environment: z.string().nullable(),
  release: z.string().nullable(),
  startTimeUs: z.number(),
  /** First start to last end; `null` while no span has ended. */
  durationUs: z.number().nullable(),
  /** Whether any span of the trace has started and not ended. */
  running: z.boolean(),
  observationCount: z.number(),
  errorCount: z.number(),
  /** The gravest level of its observations. */
  level: levelSchema,
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  /** `sessionId`, or the metadata value `conversation_id` where no session is set. */
  conversation: z.string().nullable(),
  tags: z.array(z.string()),
  /** Trace-level metadata; structures are JSON text. */
  metadata: textsByKeySchema,
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  /** US dollars; `null` where no observation has a known cost. */
  costUsd: z.number().nullable(),
});
export type TraceSummary = z.infer<typeof traceSummarySchema>;

/**
 * Filter of the trace list and of the live stream, as URL parameters.
 * Conditions are joined by AND. Text values are compared exactly unless said otherwise.
 */
export const traceFilterSchema = z.object({
  fromUs: z.coerce.number().int().nonnegative().optional(),
  toUs: z.coerce.number().int().nonnegative().optional(),
  name: z.string().max(1000).optional(),
  /** Session id, or metadata `conversation_id` of the trace or of any of its observations. */
  conversation: z.string().max(1000).optional(),
  user: z.string().max(1000).optional(),
  service: z.string().max(1000).optional(),
  /** `key:value` of trace or observation metadata; repeatable (`metadata=a:1&metadata=b:2`), at most 8. */
  metadata: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string().max(2000)).max(8))
    .optional(),
  /** Traces whose gravest level is at least this one. */
  level: levelSchema.optional(),
  /** Text to find, without regard to case, in names, inputs, outputs, and status messages. */
  text: z.string().max(500).optional(),
});
export type TraceFilter = z.infer<typeof traceFilterSchema>;

export const traceListQuerySchema = traceFilterSchema.extend({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(200).optional(),
});
export type TraceListQuery = z.infer<typeof traceListQuerySchema>;

/** `GET /api/v1/traces`: newest first. */
export const traceListSchema = z.object({
  traces: z.array(traceSummarySchema),
  nextCursor: z.string().nullable(),
  elapsedMs: z.number(),
});
export type TraceList = z.infer<typeof traceListSchema>;

/** `GET /api/v1/traces/{traceId}`. */
export const traceDetailSchema = z.object({
  trace: traceSummarySchema,
  /** By start time. */
  observations: z.array(observationNodeSchema),
  /** Of the trace and of its observations, by time; at most 1,000. */
  scores: z.array(scoreSchema),
  /** Whether observations were left out because the trace has more than the limit (50,000). */
  truncated: z.boolean(),
});
export type TraceDetail = z.infer<typeof traceDetailSchema>;
