SELECT score_id, trace_id, span_id, session_id, name, data_type, value, text, comment, metadata, environment, time_us FROM scores
WHERE trace_id = $trace_id ORDER BY time_us, score_id LIMIT 1000;
