import { z } from 'zod';

/** `GET /api/v1/facets`: values to offer in filters, the most frequent first, of recent traces. */
export const facetsSchema = z.object({
  names: z.array(z.object({ value: z.string(), count: z.number() })),
  services: z.array(z.object({ value: z.string(), count: z.number() })),
  metadataKeys: z.array(z.object({ value: z.string(), count: z.number() })),
});
export type Facets = z.infer<typeof facetsSchema>;
