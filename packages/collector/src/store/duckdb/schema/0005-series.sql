-- Version 5: sums of ended observations for volume and percentiles over time, by the minute in which they began and by
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
