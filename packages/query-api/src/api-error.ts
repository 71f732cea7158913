import { z } from 'zod';

/** Every error of the read API. `code` is stable; `message` says what to change. */
export const apiErrorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
export type ApiError = z.infer<typeof apiErrorSchema>;
