/** Rows of scans and exports, as every store gives them. */
import type { ObservationRow, ScoreRow } from '@slipstream/query-api';
import type { Observation } from '@slipstream/wire';

/** What a store knows of an observation beside what its sender said. */
export interface CostOrigin {
  readonly costSource: ObservationRow['cost_source'];
}

export function toObservationRow(observation: Observation & CostOrigin): ObservationRow {
  return {
    kind: 'observation',
    trace_id: observation.traceId,
    span_id: observation.spanId,
    parent_span_id: observation.parentSpanId,
    type: observation.type,
    name: observation.name,
    start_ns: String(observation.startTimeUnixNano),
    end_ns: optionalNanos(observation.endTimeUnixNano),
    revision: observation.revision,
    level: observation.level,
    status_message: observation.statusMessage ?? null,
    input: observation.input ?? null,
    output: observation.output ?? null,
    metadata: Object.fromEntries(observation.metadata),
    model: observation.model ?? null,
    model_parameters: observation.modelParameters ?? null,
    usage_details: Object.fromEntries(observation.usageDetails),
    cost_details: Object.fromEntries(observation.costDetails),
    cost_source: observation.costSource,
    completion_start_ns: optionalNanos(observation.completionStartTimeUnixNano),
    prompt_name: observation.promptName ?? null,
    prompt_version: observation.promptVersion ?? null,
    version: observation.version ?? null,
    trace_name: observation.traceName ?? null,
    user_id: observation.userId ?? null,
    session_id: observation.sessionId ?? null,
    tags: [...observation.tags],
    trace_metadata: Object.fromEntries(observation.traceMetadata),
    trace_input: observation.traceInput ?? null,
    trace_output: observation.traceOutput ?? null,
    environment: observation.environment ?? null,
    release: observation.release ?? null,
    service: observation.service ?? null,
    service_instance_id: observation.serviceInstanceId ?? null,
    scope_name: observation.scopeName,
    scope_version: observation.scopeVersion,
  };
}

/** A score as a store keeps it. */
export interface StoredScore {
  readonly id: string;
  readonly traceId: string;
  readonly observationId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly dataType: ScoreRow['data_type'];
  readonly value: number | undefined;
  readonly text: string | undefined;
  readonly comment: string | undefined;
  readonly metadata: ReadonlyMap<string, string>;
  readonly environment: string | undefined;
  readonly timeUs: number;
}

export function toScoreRow(score: StoredScore): ScoreRow {
  return {
    kind: 'score',
    score_id: score.id,
    trace_id: score.traceId,
    span_id: score.observationId,
    session_id: score.sessionId,
    name: score.name,
    data_type: score.dataType,
    value: score.value ?? null,
    text: score.text ?? null,
    comment: score.comment ?? null,
    metadata: Object.fromEntries(score.metadata),
    environment: score.environment ?? null,
    time_us: score.timeUs,
  };
}

/** What the texts of a row take in memory, about: a page of rows is bounded by it. */
export function textLengthOf(row: ObservationRow | ScoreRow): number {
  let length = 0;
  for (const value of Object.values(row)) {
    if (typeof value === 'string') length += value.length;
    else if (typeof value === 'object' && value !== null) {
      for (const each of Object.values(value)) if (typeof each === 'string') length += each.length;
    }
  }
  return length;
}

function optionalNanos(timeUnixNano: bigint | undefined): string | null {
  return timeUnixNano === undefined ? null : String(timeUnixNano);
}
