import { z } from 'zod';

/** `GET /api/v1/env`: the settings that the collector runs with; what is secret shows as `****`. */
export const environmentSchema = z.object({
  settings: z.array(
    z.object({
      /** The environment variable. */
      name: z.string(),
      /** `null` where it is not set and has no default. */
      value: z.string().nullable(),
      source: z.enum(['environment', 'default']),
      secret: z.boolean(),
    }),
  ),
});
export type CollectorEnvironment = z.infer<typeof environmentSchema>;
