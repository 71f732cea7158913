import { z } from 'zod';

export const exportFormatSchema = z.enum(['jsonl', 'parquet']);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

/**
 * `GET /api/v1/export`: a file of rows as an answer that is streamed. JSONL has observations and scores, one a line,
 * unless `what` says otherwise; Parquet has one table, observations unless `what` says otherwise.
 */
export const exportQuerySchema = z.object({
  format: exportFormatSchema.default('jsonl'),
  what: z.enum(['observations', 'scores']).optional(),
  /** By the start of the observation, or the time of the score; `toUs` is not in it. */
  fromUs: z.coerce.number().int().nonnegative().optional(),
  toUs: z.coerce.number().int().nonnegative().optional(),
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
});
export type ExportQuery = z.infer<typeof exportQuerySchema>;

/**
 * `POST /api/v1/import?format=jsonl|parquet` takes such a file as its body and answers when its rows are durable in
 * the queue. Rows that are there already change nothing.
 */
export const importResultSchema = z.object({
  observations: z.number(),
  scores: z.number(),
  /** Lines that are no row, and what is wrong with the first of them (at most 20). */
  refused: z.number(),
  problems: z.array(z.object({ line: z.number(), message: z.string() })),
});
export type ImportResult = z.infer<typeof importResultSchema>;
