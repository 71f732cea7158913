import { z } from 'zod';

/** In rising order of gravity. */
export const levelSchema = z.enum(['DEBUG', 'DEFAULT', 'WARNING', 'ERROR']);
export type Level = z.infer<typeof levelSchema>;
