import { z } from 'zod';
import { numbersByKeySchema, textsByKeySchema } from './by-key.js';
import { levelSchema } from './level.js';
import { observationTypeSchema } from './observation-type.js';
import { scoreDataTypeSchema } from './scores.js';

/**
 * One row of an export (`GET /api/v1/export`), of an import, and of a scan: an observation with everything that is
 * stored of it. Names are those of the SQL views; times in nanoseconds are decimal texts, which JSON keeps exactly.
 */
export const observationRowSchema = z.object({
  kind: z.literal('observation'),
  trace_id: z.string().regex(/^[0-9a-f]{32}$/),
  span_id: z.string().regex(/^[0-9a-f]{16}$/),
  /** `''` for a root. */
  parent_span_id: z.string().regex(/^([0-9a-f]{16})?$/),
  type: observationTypeSchema,
  name: z.string(),
  start_ns: z.string().regex(/^\d{1,19}$/),
  /** `null` while it runs. */
  end_ns: z
    .string()
    .regex(/^\d{1,19}$/)
    .nullable(),
  revision: z.number().int().nonnegative(),
  level: levelSchema,
  status_message: z.string().nullable(),
  input: z.string().nullable(),
  output: z.string().nullable(),
  metadata: textsByKeySchema,
  model: z.string().nullable(),
  /** JSON object text. */
  model_parameters: z.string().nullable(),
  usage_details: numbersByKeySchema,
  cost_details: numbersByKeySchema,
  cost_source: z.enum(['reported', 'computed', 'none']),
  completion_start_ns: z
    .string()
    .regex(/^\d{1,19}$/)
    .nullable(),
  prompt_name: z.string().nullable(),
  prompt_version: z.string().nullable(),
  version: z.string().nullable(),
  /** Trace-level values that this observation carried. */
  trace_name: z.string().nullable(),
  user_id: z.string().nullable(),
  session_id: z.string().nullable(),
  tags: z.array(z.string()),
  trace_metadata: textsByKeySchema,
  trace_input: z.string().nullable(),
  trace_output: z.string().nullable(),
  environment: z.string().nullable(),
  release: z.string().nullable(),
  service: z.string().nullable(),
  service_instance_id: z.string().nullable(),
  scope_name: z.string(),
  scope_version: z.string(),
});
export type ObservationRow = z.infer<typeof observationRowSchema>;

/** A score in an export; the fields are those of {@link scoreSchema} and where it belongs. */
export const scoreRowSchema = z.object({
  kind: z.literal('score'),
  score_id: z.string(),
  /** `''` where a session is judged. */
  trace_id: z.string(),
  /** `''` where the trace or session itself is judged. */
  span_id: z.string(),
  session_id: z.string(),
  name: z.string(),
  data_type: scoreDataTypeSchema,
  value: z.number().nullable(),
  text: z.string().nullable(),
  comment: z.string().nullable(),
  metadata: textsByKeySchema,
  environment: z.string().nullable(),
  time_us: z.number().int().nonnegative(),
});
export type ScoreRow = z.infer<typeof scoreRowSchema>;
