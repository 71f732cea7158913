-- Version 4: what people see in SQL (docs/guide/sql.md). A schema of their own, because the tables have the same names.

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
