import { ATTRIBUTE } from '../attributes/keys.js';
import type { InstrumentationScope, Resource, Span } from '../otlp/messages.js';
import { AttributeMap } from './attribute-map.js';
import { costDetails } from './cost.js';
import { inputOutput } from './input-output.js';
import { observationLevel } from './level.js';
import {
  addEventsAndLinks,
  addRemainingAttributes,
  exceptionMessage,
  observationMetadata,
  traceMetadata,
} from './metadata.js';
import { modelName, modelParameters, promptLink } from './model-values.js';
import type { Observation } from './observation.js';
import { observationName } from './observation-name.js';
import { isSummaryOfModelCalls, observationType } from './observation-type.js';
import { completionStartTime, spanTimes } from './timing.js';
import { traceValues } from './trace-values.js';
import { usageDetails } from './usage.js';

/**
 * Maps a span of any dialect (Langfuse, OpenTelemetry GenAI, OpenInference, Vercel AI SDK, Traceloop, ours) to the one
 * model. Never throws on a span that a reader gave. Every attribute ends up somewhere: what has no place of its own
 * becomes metadata under `attributes.<key>`, unused events and links under `events` and `links`.
 */
export function toObservation(span: Span, resource: Resource, scope: InstrumentationScope): Observation {
  const attributes = new AttributeMap(span.attributes);
  const type = observationType(attributes, { spanName: span.name, resource, scope });
  const isSummary = isSummaryOfModelCalls(attributes);
  const name = observationName(attributes, span.name);
  const times = spanTimes(attributes, span);
  // Before metadata, which takes what is left of the prefixes that these read.
  const values = traceValues(attributes, resource);
  const prompt = promptLink(attributes);
  const { input, output, usedEvents } = inputOutput(attributes, span);
  const { traceId, spanId, parentSpanId } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    type,
    name,
    ...times,
    level: observationLevel(attributes, span),
    statusMessage: statusMessage(attributes, span),
    input,
    output,
    model: modelName(attributes, isSummary),
    modelParameters: modelParameters(attributes),
    usageDetails: usageDetails(attributes, isSummary),
    costDetails: costDetails(attributes, isSummary),
    completionStartTimeUnixNano: completionStartTime(attributes, times.startTimeUnixNano),
    ...prompt,
    ...values,
    traceMetadata: traceMetadata(attributes),
    metadata: restAsMetadata(attributes, span, usedEvents),
    scopeName: scope.name,
    scopeVersion: scope.version,
  };
}

function statusMessage(attributes: AttributeMap, span: Span): string | undefined {
  const text = attributes.takeText(ATTRIBUTE.observationStatusMessage);
  if (text !== undefined) return text;
  return span.status.message === '' ? exceptionMessage(span) : span.status.message;
}

/** Last of all, since it takes everything that is left. */
function restAsMetadata(
  attributes: AttributeMap,
  span: Span,
  usedEvents: ReturnType<typeof inputOutput>['usedEvents'],
): ReadonlyMap<string, string> {
  const metadata = observationMetadata(attributes);
  addRemainingAttributes(metadata, attributes);
  addEventsAndLinks(metadata, span, usedEvents);
  return metadata;
}
