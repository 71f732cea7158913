import { type TraceIdentity, traceIdToHex } from '../core.js';
import type { OtelAttributes, OtelLink, OtelSampler, OtelSpanOptions } from './api-types.js';
import { AttributeList } from './attribute-list.js';
import { contextAt } from './context.js';
import type { SpanStart } from './span.js';

const NOT_RECORD = 0;
const RECORD_AND_SAMPLED = 2;

export interface SamplingAnswer {
  readonly trace: TraceIdentity;
  readonly isRecording: boolean;
  /** What the span begins with, where the sampler added something. */
  readonly attributes: OtelAttributes | undefined;
}

/** Asks a sampler of OpenTelemetry. One that throws leaves the decision as it was. */
export function askSampler(
  sampler: OtelSampler,
  trace: TraceIdentity,
  { name, kind, place, values }: SpanStart,
  options: OtelSpanOptions,
): SamplingAnswer {
  try {
    const attributes = copyOf(options.attributes);
    const links = Array.isArray(options.links) ? ([...options.links] as OtelLink[]) : [];
    const context = contextAt(place, values);
    const result = sampler.shouldSample(context, traceIdToHex(trace), name, kind, attributes, links);
    const traceState = result.traceState?.serialize() ?? trace.traceState;
    return {
      trace: { ...trace, sampled: result.decision === RECORD_AND_SAMPLED, traceState },
      isRecording: result.decision !== NOT_RECORD,
      attributes: result.attributes === undefined ? undefined : { ...attributes, ...result.attributes },
    };
  } catch {
    // The application's own sampler, or links of its own kind.
    return { trace, isRecording: trace.sampled, attributes: undefined };
  }
}

/** What is valid of the attributes, for the sampler to look at. */
function copyOf(attributes: unknown): OtelAttributes {
  const list = new AttributeList(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  list.setAll(attributes);
  return list.toObject();
}
