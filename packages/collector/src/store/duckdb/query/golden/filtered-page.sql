WITH with_metadata_0 AS MATERIALIZED (
  SELECT trace_id FROM metadata WHERE term = $conversation_term AND key = $conversation_key AND value = $conversation_value
  UNION ALL
  SELECT trace_id FROM metadata WHERE term IS NULL AND key = $conversation_key AND value = $conversation_value
  UNION ALL
  SELECT trace_id FROM all_traces WHERE session_id = $session_id),
with_metadata_1 AS MATERIALIZED (
  SELECT trace_id FROM metadata WHERE term = $metadata_0_term AND key = $metadata_0_key AND value = $metadata_0_value
  UNION ALL
  SELECT trace_id FROM metadata WHERE term IS NULL AND key = $metadata_0_key AND value = $metadata_0_value),
with_metadata_2 AS MATERIALIZED (
  SELECT trace_id FROM metadata WHERE key = $metadata_1_key AND TRUE)
SELECT * FROM (
(SELECT t.trace_id, t.name, t.service, t.environment, t.release, t.start_us, t.last_start_us, t.end_us, t.running_count, t.observation_count, t.error_count, t.level_rank, t.user_id, t.session_id, t.conversation, t.tags, t.metadata, t.input_tokens, t.output_tokens, t.total_tokens, t.cost_usd, t.news_us FROM hot_traces AS t
WHERE t.start_us >= $from_us
  AND t.start_us <= $to_us
  AND t.name = $name
  AND t.user_id = $user_id
  AND t.service = $service
  AND coalesce(t.level_rank, 1) >= $level_rank
  AND t.trace_id IN (SELECT trace_id FROM with_metadata_0)
  AND t.trace_id IN (SELECT trace_id FROM with_metadata_1)
  AND t.trace_id IN (SELECT trace_id FROM with_metadata_2)
  AND t.start_us <= $after_us AND (t.start_us < $after_us OR t.trace_id < $after_id)
ORDER BY start_us DESC, trace_id DESC LIMIT $page_limit)
UNION ALL
(SELECT t.trace_id, t.name, t.service, t.environment, t.release, t.start_us, t.last_start_us, t.end_us, t.running_count, t.observation_count, t.error_count, t.level_rank, t.user_id, t.session_id, t.conversation, t.tags, t.metadata, t.input_tokens, t.output_tokens, t.total_tokens, t.cost_usd, t.news_us FROM traces AS t
WHERE t.start_us >= $from_us
  AND t.start_us <= $to_us
  AND t.name = $name
  AND t.user_id = $user_id
  AND t.service = $service
  AND coalesce(t.level_rank, 1) >= $level_rank
  AND t.trace_id IN (SELECT trace_id FROM with_metadata_0)
  AND t.trace_id IN (SELECT trace_id FROM with_metadata_1)
  AND t.trace_id IN (SELECT trace_id FROM with_metadata_2)
  AND t.start_us <= $after_us AND (t.start_us < $after_us OR t.trace_id < $after_id)
ORDER BY start_us DESC, trace_id DESC LIMIT $page_limit))
ORDER BY start_us DESC, trace_id DESC LIMIT $page_limit;
