/**
 * The collector's read API: JSON over HTTP below `/api/v1`, and server-sent events at `/api/v1/live`.
 * Times are microseconds since the epoch (exact in a double until the year 2255), durations microseconds.
 */
import { z } from 'zod';

export const levelSchema = z.enum(['DEBUG', 'DEFAULT', 'WARNING', 'ERROR']);
export type Level = z.infer<typeof levelSchema>;

export const observationTypeSchema = z.enum([
  'span',
  'generation',
  'event',
  'agent',
  'tool',
  'chain',
  'retriever',
  'embedding',
  'evaluator',
  'guardrail',
]);
export type ObservationType = z.infer<typeof observationTypeSchema>;

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
  metadata: z.record(z.string(), z.string()),
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  /** US dollars; `null` where no observation has a known cost. */
  costUsd: z.number().nullable(),
});
export type TraceSummary = z.infer<typeof traceSummarySchema>;

/** One observation of a trace, without its large texts. */
export const observationNodeSchema = z.object({
  spanId: z.string(),
  /** `''` for a root, or where the parent is unknown. */
  parentSpanId: z.string(),
  type: observationTypeSchema,
  name: z.string(),
  startTimeUs: z.number(),
  /** `null` while it runs. */
  endTimeUs: z.number().nullable(),
  level: levelSchema,
  statusMessage: z.string().nullable(),
  model: z.string().nullable(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  costUsd: z.number().nullable(),
  completionStartTimeUs: z.number().nullable(),
});
export type ObservationNode = z.infer<typeof observationNodeSchema>;

/** A text that may have been cut for transport. */
export const cutTextSchema = z.object({
  text: z.string(),
  /** Length of the whole text in UTF-16 code units. */
  fullLength: z.number(),
});
export type CutText = z.infer<typeof cutTextSchema>;

/** Everything the store knows of one observation. */
export const observationDetailSchema = observationNodeSchema.extend({
  traceId: z.string(),
  input: cutTextSchema.nullable(),
  output: cutTextSchema.nullable(),
  metadata: z.record(z.string(), z.string()),
  modelParameters: z.string().nullable(),
  usageDetails: z.record(z.string(), z.number()),
  costDetails: z.record(z.string(), z.number()),
  /** `reported` by the sender, `computed` from the price table, or `none`. */
  costSource: z.enum(['reported', 'computed', 'none']),
  promptName: z.string().nullable(),
  promptVersion: z.string().nullable(),
  version: z.string().nullable(),
  service: z.string().nullable(),
  scopeName: z.string(),
  scopeVersion: z.string(),
});
export type ObservationDetail = z.infer<typeof observationDetailSchema>;

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

export const scoreDataTypeSchema = z.enum(['NUMERIC', 'BOOLEAN', 'CATEGORICAL', 'TEXT', 'CORRECTION']);
export type ScoreDataType = z.infer<typeof scoreDataTypeSchema>;

/** A judgement of a trace or of one of its observations. */
export const scoreSchema = z.object({
  scoreId: z.string(),
  /** `''` where the trace itself is judged. */
  spanId: z.string(),
  name: z.string(),
  dataType: scoreDataTypeSchema,
  /** 1 and 0 for booleans; `null` for texts. */
  value: z.number().nullable(),
  /** A category or another text; `null` for numbers and booleans. */
  text: z.string().nullable(),
  comment: z.string().nullable(),
  /** Structures are JSON text. */
  metadata: z.record(z.string(), z.string()),
  timeUs: z.number(),
});
export type Score = z.infer<typeof scoreSchema>;

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

/** `GET /api/v1/facets`: values to offer in filters, the most frequent first, of recent traces. */
export const facetsSchema = z.object({
  names: z.array(z.object({ value: z.string(), count: z.number() })),
  services: z.array(z.object({ value: z.string(), count: z.number() })),
  metadataKeys: z.array(z.object({ value: z.string(), count: z.number() })),
});
export type Facets = z.infer<typeof facetsSchema>;

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
    refused: z.record(z.string(), z.number()),
  }),
  queue: z.object({
    nextId: z.number(),
    segments: z.number(),
    bytes: z.number(),
    /** Entries not yet delivered, by destination. */
    backlog: z.record(z.string(), z.number()),
    quarantinedRecords: z.number(),
  }),
  store: z.object({
    /** Distinct completed spans. */
    spans: z.number(),
    runningSpans: z.number(),
    traces: z.number(),
    /** Spans that came again and were recognised, since this collector started. */
    duplicates: z.number(),
    bytes: z.number(),
    /** Completed spans by the process (`service.instance.id`) that sent them. */
    spansByInstance: z.record(z.string(), z.number()),
  }),
});
export type Status = z.infer<typeof statusSchema>;

/** Every error of the read API. `code` is stable; `message` says what to change. */
export const apiErrorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
export type ApiError = z.infer<typeof apiErrorSchema>;

/**
 * `GET /api/v1/live` takes a {@link TraceFilter} and streams server-sent events:
 * `hello` (once, data `{}`), `trace` (data {@link TraceSummary}; new or changed, and matching),
 * `ping` (every 15 s, data `{}`).
 */
export const LIVE_EVENTS = ['hello', 'trace', 'ping'] as const;
export type LiveEvent = (typeof LIVE_EVENTS)[number];

/** How much of one input or output the detail sends unless `?full=1` asks for all of it, in UTF-16 code units. */
export const DETAIL_TEXT_LIMIT = 200_000;
