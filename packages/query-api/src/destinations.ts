import { z } from 'zod';
import { numbersByKeySchema } from './by-key.js';

/** `GET /api/v1/destinations`: where spans go, and how that goes. */
export const destinationStatusSchema = z.object({
  name: z.string(),
  kind: z.enum(['store', 'otlp', 'langfuse']),
  /** Where it is, without credentials, path parameters or query. */
  target: z.string(),
  backlogEntries: z.number(),
  deliveredEntries: z.number(),
  deliveredSpans: z.number(),
  failedAttempts: z.number(),
  rejectedSpans: z.number(),
  sampledOutSpans: z.number(),
  /** What deliveries meet at this moment; `null` while they succeed. */
  fault: z.string().nullable(),
  deadLetters: z.object({
    entries: z.number(),
    bytes: z.number(),
    oldestMs: z.number().nullable(),
    reasons: numbersByKeySchema,
  }),
});
export const destinationsSchema = z.object({ destinations: z.array(destinationStatusSchema) });
export type DestinationStatus = z.infer<typeof destinationStatusSchema>;
export type Destinations = z.infer<typeof destinationsSchema>;

/** `POST /api/v1/destinations/{name}/replay` with `{"maxEntries": 1000}`: tries its dead letters once more. */
export const replayRequestSchema = z.object({ maxEntries: z.number().int().min(1).max(100_000).default(1000) });
export const replayResultSchema = z.object({ delivered: z.number(), failed: z.number(), remaining: z.number() });
export type ReplayAnswer = z.infer<typeof replayResultSchema>;
