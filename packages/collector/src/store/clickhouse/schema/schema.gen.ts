// Generated from the SQL files beside it; see store/schema-files.ts for how to write it anew.
import type { SchemaTexts } from '../../schema-files.js';

export const SCHEMA_TEXTS: SchemaTexts = {
  '0001-initial.sql': `-- Version 1: observations, traces, scores, and what people see in SQL. Never edit a numbered file: add the next.
-- Every statement does nothing where it has been done, since two collectors may start at once.
--
-- fsync: ClickHouse acknowledges an insert before the disk has it, unless a table asks for it. The queue lets go of what
-- the store has acknowledged.

-- Every version of a span that counted when it came; the one with the highest span_version counts. Ten seconds come
-- first, so that what is new lies together whatever the trace ids are; a trace is found by its bounds in trace_index.
-- The partition is the day; starts that no clock of today gives share one, so that a sender cannot make thousands.
CREATE TABLE IF NOT EXISTS observation_versions (
  trace_id String CODEC(ZSTD(1)),
  span_id String CODEC(ZSTD(1)),
  parent_span_id String CODEC(ZSTD(1)),
  type LowCardinality(String),
  name LowCardinality(String),
  start_ns Int64 CODEC(Delta(8), ZSTD(1)),
  end_ns Nullable(Int64) CODEC(ZSTD(1)),
  level LowCardinality(String),
  status_message Nullable(String) CODEC(ZSTD(1)),
  input Nullable(String) CODEC(ZSTD(1)),
  output Nullable(String) CODEC(ZSTD(1)),
  metadata Map(String, String) CODEC(ZSTD(1)),
  model LowCardinality(Nullable(String)),
  model_parameters Nullable(String) CODEC(ZSTD(1)),
  usage_details Map(String, Float64) CODEC(ZSTD(1)),
  input_tokens Float64 CODEC(ZSTD(1)),
  output_tokens Float64 CODEC(ZSTD(1)),
  total_tokens Float64 CODEC(ZSTD(1)),
  cost_details Map(String, Float64) CODEC(ZSTD(1)),
  cost_usd Nullable(Float64) CODEC(ZSTD(1)),
  cost_source LowCardinality(String),
  completion_start_ns Nullable(Int64) CODEC(ZSTD(1)),
  prompt_name LowCardinality(Nullable(String)),
  prompt_version LowCardinality(Nullable(String)),
  version LowCardinality(Nullable(String)),
  trace_name LowCardinality(Nullable(String)),
  user_id Nullable(String) CODEC(ZSTD(1)),
  session_id Nullable(String) CODEC(ZSTD(1)),
  tags Array(String) CODEC(ZSTD(1)),
  trace_metadata Map(String, String) CODEC(ZSTD(1)),
  trace_input Nullable(String) CODEC(ZSTD(1)),
  trace_output Nullable(String) CODEC(ZSTD(1)),
  environment LowCardinality(Nullable(String)),
  release LowCardinality(Nullable(String)),
  service LowCardinality(Nullable(String)),
  service_instance_id LowCardinality(Nullable(String)),
  scope_name LowCardinality(String),
  scope_version LowCardinality(String),
  revision Int64 DEFAULT 0 CODEC(ZSTD(1)),
  span_version UInt64 CODEC(ZSTD(1)),
  INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree(span_version)
PARTITION BY toYYYYMMDD(toDateTime(least(greatest(intDiv(start_ns, 1000000000), 1577836800), 2208988800), 'UTC'))
ORDER BY (intDiv(start_ns, 10000000000), trace_id, span_id)
SETTINGS index_granularity = 2048, fsync_after_insert = 1, fsync_part_directory = 1;

-- The fold of a trace's observations, as the list shows it. A row is written anew whenever the trace has news; the start
-- is part of the key, which makes the list a walk along it, so a trace whose start moves back leaves an old row behind.
-- Only rows whose version is the one in trace_index count.
CREATE TABLE IF NOT EXISTS trace_versions (
  trace_id String CODEC(ZSTD(1)),
  name LowCardinality(String),
  service LowCardinality(Nullable(String)),
  environment LowCardinality(Nullable(String)),
  release LowCardinality(Nullable(String)),
  start_us Int64 CODEC(Delta(8), ZSTD(1)),
  last_start_us Int64 CODEC(Delta(8), ZSTD(1)),
  end_us Nullable(Int64) CODEC(ZSTD(1)),
  running_count Int32 CODEC(ZSTD(1)),
  observation_count Int32 CODEC(ZSTD(1)),
  error_count Int32 CODEC(ZSTD(1)),
  level_rank Nullable(Int32) CODEC(ZSTD(1)),
  user_id Nullable(String) CODEC(ZSTD(1)),
  session_id Nullable(String) CODEC(ZSTD(1)),
  conversation Nullable(String) CODEC(ZSTD(1)),
  tags Array(String) CODEC(ZSTD(1)),
  metadata Map(String, String) CODEC(ZSTD(1)),
  input_tokens Float64 CODEC(ZSTD(1)),
  output_tokens Float64 CODEC(ZSTD(1)),
  total_tokens Float64 CODEC(ZSTD(1)),
  cost_usd Nullable(Float64) CODEC(ZSTD(1)),
  news_us Int64 CODEC(ZSTD(1)),
  -- Hashes of what filters ask for: metadata of the trace and of its observations, and the conversation.
  terms Array(UInt64) CODEC(ZSTD(1)),
  -- Whether a trace has more of them than a row may hold.
  has_more_terms UInt8 CODEC(ZSTD(1)),
  trace_version UInt128 CODEC(ZSTD(1)),
  INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX user_id_bloom user_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX terms_bloom terms TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree(trace_version)
PARTITION BY toYYYYMMDD(toDateTime(least(greatest(intDiv(start_us, 1000000), 1577836800), 2208988800), 'UTC'))
ORDER BY (start_us, trace_id)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

-- Where the observations of a trace lie, announced before they are written, and which row of trace_versions counts.
-- Everything in it only grows, so that it is the same whatever comes twice or in another order.
CREATE TABLE IF NOT EXISTS trace_index (
  trace_id String CODEC(ZSTD(1)),
  first_us SimpleAggregateFunction(min, Int64) CODEC(ZSTD(1)),
  last_us SimpleAggregateFunction(max, Int64) CODEC(ZSTD(1)),
  trace_version SimpleAggregateFunction(max, UInt128) CODEC(ZSTD(1)),
  spans SimpleAggregateFunction(max, UInt32) CODEC(ZSTD(1)),
  ended_spans SimpleAggregateFunction(max, UInt32) CODEC(ZSTD(1)),
  news_us SimpleAggregateFunction(max, Int64) CODEC(ZSTD(1)),
  -- Ended spans by the process that sent them, behind the version that they are of: the largest is the newest.
  instances SimpleAggregateFunction(max, Tuple(UInt128, Array(Tuple(String, UInt32)))) CODEC(ZSTD(1))
) ENGINE = AggregatingMergeTree
ORDER BY trace_id
SETTINGS index_granularity = 512, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS score_versions (
  score_id String CODEC(ZSTD(1)),
  trace_id String CODEC(ZSTD(1)),
  span_id String CODEC(ZSTD(1)),
  session_id String CODEC(ZSTD(1)),
  name LowCardinality(String),
  data_type LowCardinality(String),
  value Nullable(Float64) CODEC(ZSTD(1)),
  text Nullable(String) CODEC(ZSTD(1)),
  comment Nullable(String) CODEC(ZSTD(1)),
  metadata Map(String, String) CODEC(ZSTD(1)),
  environment LowCardinality(Nullable(String)),
  time_us Int64 CODEC(ZSTD(1)),
  score_version UInt64 CODEC(ZSTD(1)),
  INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree(score_version)
ORDER BY score_id
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

-- What people see in SQL (docs/guide/sql.md).
CREATE VIEW IF NOT EXISTS observations AS SELECT
  trace_id,
  span_id,
  parent_span_id,
  type,
  name,
  fromUnixTimestamp64Nano(start_ns, 'UTC') AS start_time,
  fromUnixTimestamp64Nano(end_ns, 'UTC') AS end_time,
  (end_ns - start_ns) / 1e6 AS duration_ms,
  CAST(end_ns IS NULL, 'Bool') AS running,
  start_ns,
  end_ns,
  revision,
  level,
  status_message,
  input,
  output,
  metadata,
  model,
  model_parameters,
  usage_details,
  input_tokens,
  output_tokens,
  total_tokens,
  cost_details,
  cost_usd,
  cost_source,
  completion_start_ns,
  prompt_name,
  prompt_version,
  version,
  trace_name,
  user_id,
  session_id,
  tags,
  trace_metadata,
  trace_input,
  trace_output,
  environment,
  release,
  service,
  service_instance_id,
  scope_name,
  scope_version
FROM observation_versions FINAL;

-- A trace with an open span runs until an hour after its last news, as the list shows it.
CREATE VIEW IF NOT EXISTS traces AS SELECT
  trace_id,
  name,
  service,
  environment,
  release,
  fromUnixTimestamp64Micro(start_us, 'UTC') AS start_time,
  fromUnixTimestamp64Micro(end_us, 'UTC') AS end_time,
  greatest(0, end_us - start_us) / 1e3 AS duration_ms,
  CAST(running_count > 0 AND news_us >= toUnixTimestamp64Micro(now64(6)) - 3600000000, 'Bool') AS running,
  start_us,
  end_us,
  running_count,
  observation_count,
  error_count,
  ['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'][coalesce(level_rank, 1) + 1] AS level,
  user_id,
  session_id,
  conversation,
  tags,
  metadata,
  input_tokens,
  output_tokens,
  total_tokens,
  cost_usd
FROM trace_versions FINAL
WHERE (trace_id, trace_version) IN (SELECT trace_id, max(trace_version) FROM trace_index GROUP BY trace_id);

CREATE VIEW IF NOT EXISTS scores AS SELECT
  score_id,
  trace_id,
  span_id,
  session_id,
  name,
  data_type,
  value,
  text,
  comment,
  metadata,
  environment,
  fromUnixTimestamp64Micro(time_us, 'UTC') AS time,
  time_us
FROM score_versions FINAL;

CREATE VIEW IF NOT EXISTS metadata AS
SELECT
  trace_id,
  span_id,
  'observation' AS level,
  pair.1 AS key,
  pair.2 AS value,
  fromUnixTimestamp64Micro(intDiv(start_ns, 1000), 'UTC') AS start_time,
  intDiv(start_ns, 1000) AS start_us
FROM observation_versions FINAL
ARRAY JOIN CAST(metadata, 'Array(Tuple(String, String))') AS pair
UNION ALL
SELECT
  trace_id,
  '' AS span_id,
  'trace' AS level,
  pair.1 AS key,
  pair.2 AS value,
  fromUnixTimestamp64Micro(start_us, 'UTC') AS start_time,
  start_us
FROM trace_versions FINAL
ARRAY JOIN CAST(metadata, 'Array(Tuple(String, String))') AS pair
WHERE (trace_id, trace_version) IN (SELECT trace_id, max(trace_version) FROM trace_index GROUP BY trace_id);
`,
};
