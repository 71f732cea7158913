SELECT * FROM (
(SELECT t.trace_id, t.name, t.service, t.environment, t.release, t.start_us, t.last_start_us, t.end_us, t.running_count, t.observation_count, t.error_count, t.level_rank, t.user_id, t.session_id, t.conversation, t.tags, t.metadata, t.input_tokens, t.output_tokens, t.total_tokens, t.cost_usd, t.news_us FROM hot_traces AS t

ORDER BY start_us DESC, trace_id DESC LIMIT $page_limit)
UNION ALL
(SELECT t.trace_id, t.name, t.service, t.environment, t.release, t.start_us, t.last_start_us, t.end_us, t.running_count, t.observation_count, t.error_count, t.level_rank, t.user_id, t.session_id, t.conversation, t.tags, t.metadata, t.input_tokens, t.output_tokens, t.total_tokens, t.cost_usd, t.news_us FROM traces AS t

ORDER BY start_us DESC, trace_id DESC LIMIT $page_limit))
ORDER BY start_us DESC, trace_id DESC LIMIT $page_limit;
