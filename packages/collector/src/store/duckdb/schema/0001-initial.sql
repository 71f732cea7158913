-- Version 1: observations, their metadata, and one row for each trace. Never edit a numbered file: add the next.
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
