import {
  COST_SOURCES,
  type CostSource,
  OBSERVATION_LEVELS,
  OBSERVATION_TYPES,
  type Observation,
} from '@slipstream/wire';
import * as c from './columns.js';

/** An observation with what the store works out at intake. */
export interface StoredObservation extends Observation {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  /** US dollars; `undefined` where no cost is known. */
  readonly costUsd: number | undefined;
  /** Where `costDetails` and `costUsd` come from. */
  readonly costSource: CostSource;
}

/**
 * Both `observations` (ended spans, each once) and `running_observations` (spans that have not ended). A new column
 * stands last, where ALTER puts it in an older database.
 */
export const OBSERVATION_COLUMNS: readonly c.Column<StoredObservation>[] = [
  c.column('trace_id', 'traceId', c.text),
  c.column('span_id', 'spanId', c.text),
  c.column('parent_span_id', 'parentSpanId', c.text),
  c.column('type', 'type', c.oneOf(OBSERVATION_TYPES, 'span')),
  c.column('name', 'name', c.text),
  c.column('start_ns', 'startTimeUnixNano', c.nanos),
  c.column('end_ns', 'endTimeUnixNano', c.optionalNanos),
  c.column('level', 'level', c.oneOf(OBSERVATION_LEVELS, 'DEFAULT')),
  c.column('status_message', 'statusMessage', c.optionalText),
  c.column('input', 'input', c.optionalText),
  c.column('output', 'output', c.optionalText),
  c.column('metadata', 'metadata', c.textMap),
  c.column('model', 'model', c.optionalText),
  c.column('model_parameters', 'modelParameters', c.optionalText),
  c.column('usage_details', 'usageDetails', c.numberMap),
  c.column('input_tokens', 'inputTokens', c.real),
  c.column('output_tokens', 'outputTokens', c.real),
  c.column('total_tokens', 'totalTokens', c.real),
  c.column('cost_details', 'costDetails', c.numberMap),
  c.column('cost_usd', 'costUsd', c.optionalReal),
  c.column('cost_source', 'costSource', c.oneOf(COST_SOURCES, 'none')),
  c.column('completion_start_ns', 'completionStartTimeUnixNano', c.optionalNanos),
  c.column('prompt_name', 'promptName', c.optionalText),
  c.column('prompt_version', 'promptVersion', c.optionalText),
  c.column('version', 'version', c.optionalText),
  c.column('trace_name', 'traceName', c.optionalText),
  c.column('user_id', 'userId', c.optionalText),
  c.column('session_id', 'sessionId', c.optionalText),
  c.column('tags', 'tags', c.textList),
  c.column('trace_metadata', 'traceMetadata', c.textMap),
  c.column('trace_input', 'traceInput', c.optionalText),
  c.column('trace_output', 'traceOutput', c.optionalText),
  c.column('environment', 'environment', c.optionalText),
  c.column('release', 'release', c.optionalText),
  c.column('service', 'service', c.optionalText),
  c.column('service_instance_id', 'serviceInstanceId', c.optionalText),
  c.column('scope_name', 'scopeName', c.text),
  c.column('scope_version', 'scopeVersion', c.text),
  c.column('revision', 'revision', c.revision),
];

/** The columns whose texts may be large: left out where only the shape of a trace is read. */
const LARGE_COLUMNS: ReadonlySet<string> = new Set(['input', 'output', 'trace_input', 'trace_output']);

export const SMALL_OBSERVATION_COLUMNS = OBSERVATION_COLUMNS.filter(({ name }) => !LARGE_COLUMNS.has(name));
