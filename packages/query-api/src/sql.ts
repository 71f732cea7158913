import { z } from 'zod';

/** `POST /api/v1/sql`: one read-only statement over the views that `docs/guide/sql.md` lists. */
export const sqlRequestSchema = z.object({
  sql: z.string().min(1).max(100_000),
  maxRows: z.number().int().min(1).max(100_000).default(1000),
  timeLimitMs: z.number().int().min(1).max(60_000).default(10_000),
});
export type SqlRequest = z.infer<typeof sqlRequestSchema>;

/** Values are JSON: whole numbers beyond 2^53, decimals, times and bytes (base64) are texts. */
export const sqlResultSchema = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.unknown())),
  /** Whether there were more rows than `maxRows`. */
  truncated: z.boolean(),
  elapsedMs: z.number(),
});
export type SqlResult = z.infer<typeof sqlResultSchema>;
