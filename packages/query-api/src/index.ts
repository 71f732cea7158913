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
  metadata: z.record(z.string(), z.string()),
  model: z.string().nullable(),
  /** JSON object text. */
  model_parameters: z.string().nullable(),
  usage_details: z.record(z.string(), z.number()),
  cost_details: z.record(z.string(), z.number()),
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
  trace_metadata: z.record(z.string(), z.string()),
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
  metadata: z.record(z.string(), z.string()),
  environment: z.string().nullable(),
  time_us: z.number().int().nonnegative(),
});
export type ScoreRow = z.infer<typeof scoreRowSchema>;

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
    reasons: z.record(z.string(), z.number()),
  }),
});
export const destinationsSchema = z.object({ destinations: z.array(destinationStatusSchema) });
export type DestinationStatus = z.infer<typeof destinationStatusSchema>;
export type Destinations = z.infer<typeof destinationsSchema>;

/** `POST /api/v1/destinations/{name}/replay` with `{"maxEntries": 1000}`: tries its dead letters once more. */
export const replayRequestSchema = z.object({ maxEntries: z.number().int().min(1).max(100_000).default(1000) });
export const replayResultSchema = z.object({ delivered: z.number(), failed: z.number(), remaining: z.number() });
export type ReplayAnswer = z.infer<typeof replayResultSchema>;

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
