import { z } from 'zod';
import { numbersByKeySchema } from './by-key.js';

/**
 * What an SDK counts, as its worker reports it. The books balance when
 * `started = open + sampledOut + pending + delivered + sum(dropped)`.
 */
export const processBooksSchema = z.object({
  schemaVersion: z.literal(1),
  /** `service.instance.id` of the process. */
  instanceId: z.string().min(1).max(100),
  service: z.string().max(1000),
  pid: z.number().int(),
  startedAtMs: z.number(),
  reportedAtMs: z.number(),
  /** Whether this is the last report of the process. */
  final: z.boolean(),
  started: z.number(),
  open: z.number(),
  sampledOut: z.number(),
  /** Ended and neither delivered nor dropped yet. */
  pending: z.number(),
  /** Acknowledged by the collector. */
  delivered: z.number(),
  /** By reason: `ring_full`, `retry_buffer_full`, `rejected`, `too_large`, `encode_error`, `after_shutdown`, … */
  dropped: z.record(z.string().max(100), z.number()),
});
export type ProcessBooks = z.infer<typeof processBooksSchema>;

/** `GET /api/v1/status`: the books of every hop. */
export const statusSchema = z.object({
  version: z.string(),
  startedAtMs: z.number(),
  nowMs: z.number(),
  processes: z.array(processBooksSchema),
  receiver: z.object({
    requests: z.number(),
    /** Spans that were made durable and acknowledged, running ones not counted, since this collector started. */
    acceptedSpans: z.number(),
    /** Starts of spans still running, which a completed span supersedes. */
    acceptedStarts: z.number(),
    rejectedSpans: z.number(),
    /** Requests refused, by HTTP status. */
    refused: numbersByKeySchema,
  }),
  queue: z.object({
    nextId: z.number(),
    segments: z.number(),
    bytes: z.number(),
    /** Entries not yet delivered, by destination. */
    backlog: numbersByKeySchema,
    quarantinedRecords: z.number(),
    /** `segments` on this machine's disk, or `redis`. */
    kind: z.enum(['segments', 'redis']),
    maxBytes: z.number(),
    warnings: z.array(z.string()),
  }),
  store: z.object({
    kind: z.enum(['duckdb', 'clickhouse']),
    /** Distinct completed spans. */
    spans: z.number(),
    runningSpans: z.number(),
    traces: z.number(),
    /** Spans that retention removed, since this collector started. */
    prunedSpans: z.number(),
    /** Spans that came again and were recognised, since this collector started. */
    duplicates: z.number(),
    bytes: z.number(),
    /** Completed spans by the process (`service.instance.id`) that sent them. */
    spansByInstance: numbersByKeySchema,
  }),
});
export type Status = z.infer<typeof statusSchema>;
