// Generated from the SQL files beside it; see store/schema-files.ts for how to write it anew.
import type { SchemaTexts } from '../../schema-files.js';

export const SCHEMA_TEXTS: SchemaTexts = {
  '0001-initial.sql': `-- Version 1: observations, their metadata, and one row for each trace. Never edit a numbered file: add the next.
--
-- None of the large tables has a primary key: an index makes appends three times as dear, and checkpoints grow with the
-- table. What a key would forbid is kept by the one writer.

CREATE TABLE observations (
  trace_id VARCHAR,
  span_id VARCHAR,
  parent_span_id VARCHAR,
  type VARCHAR,
  name VARCHAR,
  start_ns BIGINT,
  end_ns BIGINT,
  level VARCHAR,
  status_message VARCHAR,
  input VARCHAR,
  output VARCHAR,
  metadata VARCHAR,
  model VARCHAR,
  model_parameters VARCHAR,
  usage_details VARCHAR,
  input_tokens DOUBLE,
  output_tokens DOUBLE,
  total_tokens DOUBLE,
  cost_details VARCHAR,
  cost_usd DOUBLE,
  cost_source VARCHAR,
  completion_start_ns BIGINT,
  prompt_name VARCHAR,
  prompt_version VARCHAR,
  version VARCHAR,
  trace_name VARCHAR,
  user_id VARCHAR,
  session_id VARCHAR,
  tags VARCHAR,
  trace_metadata VARCHAR,
  trace_input VARCHAR,
  trace_output VARCHAR,
  environment VARCHAR,
  release VARCHAR,
  service VARCHAR,
  service_instance_id VARCHAR,
  scope_name VARCHAR,
  scope_version VARCHAR
);

CREATE TABLE running_observations (
  trace_id VARCHAR,
  span_id VARCHAR,
  parent_span_id VARCHAR,
  type VARCHAR,
  name VARCHAR,
  start_ns BIGINT,
  end_ns BIGINT,
  level VARCHAR,
  status_message VARCHAR,
  input VARCHAR,
  output VARCHAR,
  metadata VARCHAR,
  model VARCHAR,
  model_parameters VARCHAR,
  usage_details VARCHAR,
  input_tokens DOUBLE,
  output_tokens DOUBLE,
  total_tokens DOUBLE,
  cost_details VARCHAR,
  cost_usd DOUBLE,
  cost_source VARCHAR,
  completion_start_ns BIGINT,
  prompt_name VARCHAR,
  prompt_version VARCHAR,
  version VARCHAR,
  trace_name VARCHAR,
  user_id VARCHAR,
  session_id VARCHAR,
  tags VARCHAR,
  trace_metadata VARCHAR,
  trace_input VARCHAR,
  trace_output VARCHAR,
  environment VARCHAR,
  release VARCHAR,
  service VARCHAR,
  service_instance_id VARCHAR,
  scope_name VARCHAR,
  scope_version VARCHAR
);

CREATE TABLE metadata (
  trace_id VARCHAR,
  span_id VARCHAR,
  level VARCHAR,
  key VARCHAR,
  value VARCHAR,
  start_us BIGINT
);

CREATE TABLE traces (
  trace_id VARCHAR,
  name VARCHAR,
  service VARCHAR,
  environment VARCHAR,
  release VARCHAR,
  start_us BIGINT,
  last_start_us BIGINT,
  end_us BIGINT,
  running_count INTEGER,
  observation_count INTEGER,
  error_count INTEGER,
  level_rank INTEGER,
  user_id VARCHAR,
  session_id VARCHAR,
  conversation VARCHAR,
  tags VARCHAR,
  metadata VARCHAR,
  input_tokens DOUBLE,
  output_tokens DOUBLE,
  total_tokens DOUBLE,
  cost_usd DOUBLE,
  news_us BIGINT
);

CREATE TABLE hot_traces (
  trace_id VARCHAR,
  name VARCHAR,
  service VARCHAR,
  environment VARCHAR,
  release VARCHAR,
  start_us BIGINT,
  last_start_us BIGINT,
  end_us BIGINT,
  running_count INTEGER,
  observation_count INTEGER,
  error_count INTEGER,
  level_rank INTEGER,
  user_id VARCHAR,
  session_id VARCHAR,
  conversation VARCHAR,
  tags VARCHAR,
  metadata VARCHAR,
  input_tokens DOUBLE,
  output_tokens DOUBLE,
  total_tokens DOUBLE,
  cost_usd DOUBLE,
  news_us BIGINT
);

CREATE VIEW all_traces AS SELECT * FROM hot_traces UNION ALL SELECT * FROM traces;

CREATE VIEW all_observations AS SELECT * FROM running_observations UNION ALL SELECT * FROM observations;

CREATE TABLE instance_counts (
  instance_id VARCHAR,
  spans BIGINT,
  seen_us BIGINT
);

CREATE TABLE store_state (queue_cursor BIGINT NOT NULL, spans BIGINT NOT NULL);

INSERT INTO store_state VALUES (0, 0);
`,
  '0002-scores.sql': `-- Version 2: scores.

CREATE TABLE scores (
  score_id VARCHAR,
  trace_id VARCHAR,
  span_id VARCHAR,
  session_id VARCHAR,
  name VARCHAR,
  data_type VARCHAR,
  value DOUBLE,
  text VARCHAR,
  comment VARCHAR,
  metadata VARCHAR,
  environment VARCHAR,
  time_us BIGINT
);
`,
  '0003-revisions.sql': `-- Version 3: of two versions of a span that both run, or have both ended, the one with the higher revision counts.
-- NULL where the sender never changes a span, which is nearly always.

DROP VIEW all_observations;

ALTER TABLE observations ADD COLUMN revision BIGINT;

ALTER TABLE running_observations ADD COLUMN revision BIGINT;

CREATE VIEW all_observations AS SELECT * FROM running_observations UNION ALL SELECT * FROM observations;
`,
  '0004-views.sql': `-- Version 4: what people see in SQL (docs/guide/sql.md). A schema of their own, because the tables have the same names.

CREATE SCHEMA shown;

CREATE VIEW shown.observations AS SELECT
  trace_id,
  span_id,
  parent_span_id,
  type,
  name,
  make_timestamp_ns(start_ns) AS start_time,
  make_timestamp_ns(end_ns) AS end_time,
  (end_ns - start_ns) / 1e6 AS duration_ms,
  end_ns IS NULL AS running,
  start_ns,
  end_ns,
  coalesce(revision, 0) AS revision,
  level,
  status_message,
  input,
  output,
  coalesce(CAST(CAST(metadata AS JSON) AS MAP(VARCHAR, VARCHAR)), MAP {}) AS metadata,
  model,
  model_parameters,
  coalesce(CAST(CAST(usage_details AS JSON) AS MAP(VARCHAR, DOUBLE)), MAP {}) AS usage_details,
  input_tokens,
  output_tokens,
  total_tokens,
  coalesce(CAST(CAST(cost_details AS JSON) AS MAP(VARCHAR, DOUBLE)), MAP {}) AS cost_details,
  cost_usd,
  cost_source,
  completion_start_ns,
  prompt_name,
  prompt_version,
  version,
  trace_name,
  user_id,
  session_id,
  coalesce(CAST(CAST(tags AS JSON) AS VARCHAR[]), []) AS tags,
  coalesce(CAST(CAST(trace_metadata AS JSON) AS MAP(VARCHAR, VARCHAR)), MAP {}) AS trace_metadata,
  trace_input,
  trace_output,
  environment,
  release,
  service,
  service_instance_id,
  scope_name,
  scope_version
FROM main.all_observations;

-- A trace with an open span runs until an hour after its last news, as the list shows it.
CREATE VIEW shown.traces AS SELECT
  trace_id,
  name,
  service,
  environment,
  release,
  make_timestamp(start_us) AS start_time,
  make_timestamp(end_us) AS end_time,
  greatest(0, end_us - start_us) / 1e3 AS duration_ms,
  running_count > 0 AND news_us >= epoch_us(now()) - 3600000000 AS running,
  start_us,
  end_us,
  running_count,
  observation_count,
  error_count,
  ['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'][coalesce(level_rank, 1) + 1] AS level,
  user_id,
  session_id,
  conversation,
  coalesce(CAST(CAST(tags AS JSON) AS VARCHAR[]), []) AS tags,
  coalesce(CAST(CAST(metadata AS JSON) AS MAP(VARCHAR, VARCHAR)), MAP {}) AS metadata,
  input_tokens,
  output_tokens,
  total_tokens,
  cost_usd
FROM main.all_traces;

CREATE VIEW shown.scores AS SELECT
  score_id,
  trace_id,
  span_id,
  session_id,
  name,
  data_type,
  value,
  text,
  comment,
  coalesce(CAST(CAST(metadata AS JSON) AS MAP(VARCHAR, VARCHAR)), MAP {}) AS metadata,
  environment,
  make_timestamp(time_us) AS time,
  time_us
FROM main.scores;

CREATE VIEW shown.metadata AS SELECT
  trace_id,
  span_id,
  level,
  key,
  value,
  make_timestamp(start_us) AS start_time,
  start_us
FROM main.metadata;
`,
  '0005-series.sql': `-- Version 5: sums of ended observations for volume and percentiles over time, by the minute in which they began and by
-- the bucket of their duration: 0 below a microsecond, else n where it is at least 1.1^(n-1) microseconds.
-- Rows of the same key add up; a revision takes away. name NULL: names (or services) beyond those that are kept apart.
--
-- Batches add to series_news. Upkeep moves minutes that are over into the other four, which hold the same: with names
-- and without, by minutes and by hours (of which the first minute stands in the row), so that any question about any time
-- reads few rows.

CREATE TABLE series_news (
  minute INTEGER,
  service VARCHAR,
  environment VARCHAR,
  type VARCHAR,
  name VARCHAR,
  bucket INTEGER,
  spans BIGINT,
  errors BIGINT,
  cost_usd DOUBLE,
  total_tokens DOUBLE
);

CREATE TABLE series_minutes (
  minute INTEGER,
  service VARCHAR,
  environment VARCHAR,
  type VARCHAR,
  bucket INTEGER,
  spans BIGINT,
  errors BIGINT,
  cost_usd DOUBLE,
  total_tokens DOUBLE
);

CREATE TABLE series_hours (
  minute INTEGER,
  service VARCHAR,
  environment VARCHAR,
  type VARCHAR,
  bucket INTEGER,
  spans BIGINT,
  errors BIGINT,
  cost_usd DOUBLE,
  total_tokens DOUBLE
);

CREATE TABLE series_name_minutes (
  minute INTEGER,
  service VARCHAR,
  environment VARCHAR,
  type VARCHAR,
  name VARCHAR,
  bucket INTEGER,
  spans BIGINT,
  errors BIGINT,
  cost_usd DOUBLE,
  total_tokens DOUBLE
);

CREATE TABLE series_name_hours (
  minute INTEGER,
  service VARCHAR,
  environment VARCHAR,
  type VARCHAR,
  name VARCHAR,
  bucket INTEGER,
  spans BIGINT,
  errors BIGINT,
  cost_usd DOUBLE,
  total_tokens DOUBLE
);

INSERT INTO series_name_minutes SELECT
  CAST(start_ns // 60000000000 AS INTEGER) AS minute,
  left(service, 1000) AS service,
  left(environment, 1000) AS environment,
  type,
  left(name, 1000) AS name,
  CASE WHEN end_ns - start_ns < 1000 THEN 0
    ELSE 1 + CAST(floor(ln((end_ns - start_ns) / 1000) / ln(1.1)) AS INTEGER) END AS bucket,
  count(*),
  count(*) FILTER (WHERE level = 'ERROR'),
  coalesce(sum(cost_usd) FILTER (WHERE isfinite(cost_usd)), 0),
  coalesce(sum(total_tokens) FILTER (WHERE isfinite(total_tokens)), 0)
FROM observations
GROUP BY ALL
ORDER BY minute, name;

INSERT INTO series_name_hours SELECT
  minute // 60 * 60 AS minute,
  service,
  environment,
  type,
  name,
  bucket,
  sum(spans),
  sum(errors),
  sum(cost_usd),
  sum(total_tokens)
FROM series_name_minutes
GROUP BY ALL
ORDER BY minute, name;

INSERT INTO series_minutes SELECT
  minute,
  service,
  environment,
  type,
  bucket,
  sum(spans),
  sum(errors),
  sum(cost_usd),
  sum(total_tokens)
FROM series_name_minutes
GROUP BY ALL
ORDER BY minute;

INSERT INTO series_hours SELECT
  minute // 60 * 60 AS minute,
  service,
  environment,
  type,
  bucket,
  sum(spans),
  sum(errors),
  sum(cost_usd),
  sum(total_tokens)
FROM series_minutes
GROUP BY ALL
ORDER BY minute;
`,
  '0006-metadata-terms.sql': `-- Version 6: a key and value of metadata as one number (schema/metadata-columns.ts), which filters compare first. NULL in
-- rows from before.

ALTER TABLE metadata ADD COLUMN term INTEGER;
`,
};
