import type { InstrumentationScope, Resource, Span } from '../otlp/messages.js';
import { costDetails } from './cost.js';
import type { PromptLink } from './dialect.js';
import { bindRules, firstValue, sourceOf } from './engine.js';
import { inputOutput } from './input-output.js';
import { addObservationMetadata, traceMetadata } from './metadata.js';
import { modelName, modelParameters } from './model-values.js';
import type { Observation } from './observation.js';
import { ORDER } from './order.js';
import { readableJson } from './readable-json.js';
import { storedAmounts } from './stored-amounts.js';
import { spanRevision, spanTimes } from './timing.js';
import { traceValues } from './trace-values.js';
import { usageDetails } from './usage.js';
import {
  completionStartTime,
  isSummaryOfModelCalls,
  namedType,
  observationLevel,
  observationName,
  statusMessage,
} from './work.js';

const PROMPT = bindRules(ORDER.prompt, (dialect) => dialect.prompt);
const NO_PROMPT: PromptLink = { promptName: undefined, promptVersion: undefined };

/**
 * Maps a span of any dialect to the one model; `order.ts` says which dialect comes first for each value. Never throws on
 * a span that a reader gave. Everything ends up somewhere: attributes that have no place of their own become metadata
 * under `attributes.<key>`, unused events and links under `events` and `links`, the rest of the span, its resource and
 * its scope as `otel-metadata.ts` says.
 */
export function toObservation(span: Span, resource: Resource, scope: InstrumentationScope): Observation {
  const source = sourceOf(span, resource, scope);
  // What follows only looks: it comes before anything is taken.
  const type = namedType(source);
  const isSummary = isSummaryOfModelCalls(source);
  const name = observationName(source);
  const times = spanTimes(source.attributes, span);
  // Parameters and usage can stand in the JSON of a side.
  const parameters = modelParameters(source);
  const stored = storedAmounts(source.attributes);
  const usage = stored?.usageDetails ?? usageDetails(source, isSummary);
  const cost = stored?.costDetails ?? costDetails(source, isSummary);
  const model = modelName(source, isSummary);
  // Trace values and prompt can stand among the metadata.
  const values = traceValues(source);
  const prompt = firstValue(PROMPT, source) ?? NO_PROMPT;
  const { input, output } = inputOutput(source);
  const metadata = new Map<string, string>();
  // Each field by hand: spreading the parts would cost as much as reading one of them.
  const observation: Observation = {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    type: type ?? (model === undefined ? 'span' : 'generation'),
    name,
    startTimeUnixNano: times.startTimeUnixNano,
    endTimeUnixNano: times.endTimeUnixNano,
    revision: spanRevision(source.attributes),
    level: observationLevel(source),
    statusMessage: statusMessage(source),
    input: input && readableJson(input),
    output: output && readableJson(output),
    model,
    modelParameters: parameters,
    usageDetails: usage,
    costDetails: cost,
    costSource: stored?.costSource,
    completionStartTimeUnixNano: completionStartTime(source),
    promptName: prompt.promptName,
    promptVersion: prompt.promptVersion,
    version: values.version,
    traceName: values.traceName,
    userId: values.userId,
    sessionId: values.sessionId,
    tags: values.tags,
    traceMetadata: traceMetadata(source),
    traceInput: values.traceInput && readableJson(values.traceInput),
    traceOutput: values.traceOutput && readableJson(values.traceOutput),
    environment: values.environment,
    release: values.release,
    service: values.service,
    serviceInstanceId: values.serviceInstanceId,
    metadata,
    scopeName: scope.name,
    scopeVersion: scope.version,
  };
  // Last of all, since it takes everything that is left.
  addObservationMetadata(metadata, source, observation);
  return observation;
}
