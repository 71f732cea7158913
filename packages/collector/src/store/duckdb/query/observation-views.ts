import { type CutText, DETAIL_TEXT_LIMIT, type ObservationDetail, type ObservationNode } from '@slipstream/query-api';
import { cut, toMicros } from '../intake/trace-state.js';
import type { StoredObservation } from '../schema/observation-columns.js';

export function toObservationNode(observation: StoredObservation): ObservationNode {
  return {
    spanId: observation.spanId,
    parentSpanId: observation.parentSpanId,
    type: observation.type,
    name: observation.name,
    startTimeUs: toMicros(observation.startTimeUnixNano),
    endTimeUs: optionalMicros(observation.endTimeUnixNano),
    level: observation.level,
    statusMessage: observation.statusMessage ?? null,
    model: observation.model ?? null,
    inputTokens: observation.inputTokens,
    outputTokens: observation.outputTokens,
    totalTokens: observation.totalTokens,
    costUsd: observation.costUsd ?? null,
    completionStartTimeUs: optionalMicros(observation.completionStartTimeUnixNano),
  };
}

export function toObservationDetail(observation: StoredObservation, full: boolean): ObservationDetail {
  return {
    ...toObservationNode(observation),
    traceId: observation.traceId,
    input: toCutText(observation.input, full),
    output: toCutText(observation.output, full),
    metadata: Object.fromEntries(observation.metadata),
    modelParameters: observation.modelParameters ?? null,
    usageDetails: Object.fromEntries(observation.usageDetails),
    costDetails: Object.fromEntries(observation.costDetails),
    costSource: observation.costSource,
    promptName: observation.promptName ?? null,
    promptVersion: observation.promptVersion ?? null,
    version: observation.version ?? null,
    service: observation.service ?? null,
    scopeName: observation.scopeName,
    scopeVersion: observation.scopeVersion,
  };
}

function toCutText(text: string | undefined, full: boolean): CutText | null {
  if (text === undefined) return null;
  return { text: full ? text : cut(text, DETAIL_TEXT_LIMIT), fullLength: text.length };
}

function optionalMicros(timeUnixNano: bigint | undefined): number | null {
  return timeUnixNano === undefined ? null : toMicros(timeUnixNano);
}
