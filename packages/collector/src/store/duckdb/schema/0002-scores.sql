-- Version 2: scores.

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
