/**
 * The views of the SQL endpoint: what every store shows under these names, in this order. The guide (`docs/guide/sql.md`)
 * lists them, and tests hold the stores and the guide against this table.
 *
 * A `time` has no zone and is UTC, to the microsecond at least; `text[]` is a list, `map` one from text to text,
 * `numbers` one from text to number. A value that a sender did not give is NULL, a list or map that is empty is empty.
 */
export interface ViewColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'time' | 'text[]' | 'map' | 'numbers';
  readonly meaning: string;
}

export interface SqlView {
  readonly name: string;
  readonly meaning: string;
  readonly columns: readonly ViewColumn[];
}

type Line = readonly [name: string, type: ViewColumn['type'], meaning: string];

const columns = (lines: readonly Line[]): ViewColumn[] =>
  lines.map(([name, type, meaning]) => ({ name, type, meaning }));

const OBSERVATIONS: SqlView = {
  name: 'observations',
  meaning: 'Every span once, in full: the ended version, or the running one while it runs.',
  columns: columns([
    ['trace_id', 'text', '32 hexadecimal digits'],
    ['span_id', 'text', '16 hexadecimal digits'],
    ['parent_span_id', 'text', "'' for a root"],
    ['type', 'text', '`span`, `generation`, `event`, `agent`, `tool`, `chain`, `retriever`, …'],
    ['name', 'text', ''],
    ['start_time', 'time', ''],
    ['end_time', 'time', 'NULL while it runs'],
    ['duration_ms', 'number', 'NULL while it runs'],
    ['running', 'boolean', ''],
    ['start_ns', 'integer', 'nanoseconds since 1970'],
    ['end_ns', 'integer', 'nanoseconds since 1970'],
    ['revision', 'integer', 'which version of the span it is, 0 where a sender never changes one'],
    ['level', 'text', '`DEBUG`, `DEFAULT`, `WARNING` or `ERROR`'],
    ['status_message', 'text', ''],
    ['input', 'text', 'JSON where the sender captured a structure'],
    ['output', 'text', 'JSON where the sender captured a structure'],
    ['metadata', 'map', "`metadata['key']` is one value; structures are JSON"],
    ['model', 'text', ''],
    ['model_parameters', 'text', 'a JSON object'],
    ['usage_details', 'numbers', "tokens by kind: `usage_details['input']`"],
    ['input_tokens', 'number', 'all kinds of input'],
    ['output_tokens', 'number', 'all kinds of output'],
    ['total_tokens', 'number', ''],
    ['cost_details', 'numbers', 'US dollars by kind'],
    ['cost_usd', 'number', 'US dollars in all; NULL where no cost is known'],
    ['cost_source', 'text', '`reported` by the sender, `computed` from prices, or `none`'],
    ['completion_start_ns', 'integer', 'when the first token came'],
    ['prompt_name', 'text', ''],
    ['prompt_version', 'text', ''],
    ['version', 'text', ''],
    ['trace_name', 'text', 'what this span said of its trace; so are the next eight'],
    ['user_id', 'text', ''],
    ['session_id', 'text', ''],
    ['tags', 'text[]', ''],
    ['trace_metadata', 'map', ''],
    ['trace_input', 'text', ''],
    ['trace_output', 'text', ''],
    ['environment', 'text', ''],
    ['release', 'text', ''],
    ['service', 'text', '`service.name` of the sender'],
    ['service_instance_id', 'text', 'the sending process'],
    ['scope_name', 'text', 'the library that made the span'],
    ['scope_version', 'text', ''],
  ]),
};

const TRACES: SqlView = {
  name: 'traces',
  meaning: 'One row for each trace, as the list of the UI shows it.',
  columns: columns([
    ['trace_id', 'text', ''],
    ['name', 'text', 'of the trace, else of its root'],
    ['service', 'text', 'of the root'],
    ['environment', 'text', ''],
    ['release', 'text', ''],
    ['start_time', 'time', 'the first start'],
    ['end_time', 'time', 'the last end; NULL while nothing has ended'],
    ['duration_ms', 'number', 'first start to last end'],
    ['running', 'boolean', 'whether a span is open, and was heard of within the hour'],
    ['start_us', 'integer', 'microseconds since 1970'],
    ['end_us', 'integer', 'microseconds since 1970'],
    ['running_count', 'integer', 'open spans'],
    ['observation_count', 'integer', ''],
    ['error_count', 'integer', 'observations of level ERROR'],
    ['level', 'text', 'the gravest of its observations'],
    ['user_id', 'text', ''],
    ['session_id', 'text', ''],
    ['conversation', 'text', 'the session, else metadata `conversation_id`'],
    ['tags', 'text[]', ''],
    ['metadata', 'map', 'of the trace'],
    ['input_tokens', 'number', 'of all observations; so are the next three'],
    ['output_tokens', 'number', ''],
    ['total_tokens', 'number', ''],
    ['cost_usd', 'number', 'NULL where no cost is known'],
  ]),
};

const SCORES: SqlView = {
  name: 'scores',
  meaning: 'Judgements of traces, observations and sessions.',
  columns: columns([
    ['score_id', 'text', ''],
    ['trace_id', 'text', "'' where a session is judged"],
    ['span_id', 'text', "'' where the trace or session itself is judged"],
    ['session_id', 'text', "'' where a trace is judged"],
    ['name', 'text', ''],
    ['data_type', 'text', '`NUMERIC`, `BOOLEAN`, `CATEGORICAL`, `TEXT` or `CORRECTION`'],
    ['value', 'number', '1 and 0 for booleans; NULL for texts'],
    ['text', 'text', 'a category or another text'],
    ['comment', 'text', ''],
    ['metadata', 'map', ''],
    ['environment', 'text', ''],
    ['time', 'time', ''],
    ['time_us', 'integer', 'microseconds since 1970'],
  ]),
};

const METADATA: SqlView = {
  name: 'metadata',
  meaning: 'Key and value of the metadata of traces and observations, a row each: the fastest way to find by it.',
  columns: columns([
    ['trace_id', 'text', ''],
    ['span_id', 'text', "'' at trace level"],
    ['level', 'text', '`trace` or `observation`'],
    ['key', 'text', ''],
    ['value', 'text', 'NULL where it is longer than 2,000 characters'],
    ['start_time', 'time', 'of the observation that brought it'],
    ['start_us', 'integer', 'microseconds since 1970'],
  ]),
};

export const SQL_VIEWS: readonly SqlView[] = [OBSERVATIONS, TRACES, SCORES, METADATA];
