SELECT max(start_ns) FROM (
SELECT start_ns FROM (
(SELECT start_ns FROM observations
WHERE start_ns >= $from_ns
ORDER BY start_ns LIMIT $page_limit)
UNION ALL
(SELECT start_ns FROM running_observations
WHERE start_ns >= $from_ns
ORDER BY start_ns LIMIT $page_limit))
ORDER BY start_ns LIMIT $page_limit);

SELECT trace_id, span_id, parent_span_id, type, name, start_ns, end_ns, level, status_message, input, output, metadata, model, model_parameters, usage_details, input_tokens, output_tokens, total_tokens, cost_details, cost_usd, cost_source, completion_start_ns, prompt_name, prompt_version, version, trace_name, user_id, session_id, tags, trace_metadata, trace_input, trace_output, environment, release, service, service_instance_id, scope_name, scope_version, revision FROM observations
WHERE start_ns >= $from_ns
  AND start_ns <= $end_ns
UNION ALL
SELECT trace_id, span_id, parent_span_id, type, name, start_ns, end_ns, level, status_message, input, output, metadata, model, model_parameters, usage_details, input_tokens, output_tokens, total_tokens, cost_details, cost_usd, cost_source, completion_start_ns, prompt_name, prompt_version, version, trace_name, user_id, session_id, tags, trace_metadata, trace_input, trace_output, environment, release, service, service_instance_id, scope_name, scope_version, revision FROM running_observations
WHERE start_ns >= $from_ns
  AND start_ns <= $end_ns
ORDER BY start_ns, trace_id, span_id, end_ns NULLS LAST LIMIT $page_limit;
