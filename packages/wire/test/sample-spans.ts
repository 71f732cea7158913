/** Small valid messages that tests vary. */
import type { AnyValue, ExportTraceServiceRequest, InstrumentationScope, Resource, Span } from '../src/index.js';

export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const SPAN_ID = 'b7ad6b7169203331';

export const RESOURCE: Resource = {
  attributes: [{ key: 'service.name', value: 'robot-lesson' }],
  droppedAttributesCount: 0,
};

export const SCOPE: InstrumentationScope = {
  name: '@slipstream/sdk',
  version: '0.1.0',
  attributes: [],
  droppedAttributesCount: 0,
};

export function sampleSpan(changes: Partial<Span> = {}): Span {
  return {
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    traceState: '',
    parentSpanId: '',
    flags: 0,
    name: 'intent.llm',
    kind: 1,
    startTimeUnixNano: 1_732_233_600_000_000_000n,
    endTimeUnixNano: 1_732_233_601_500_000_000n,
    attributes: [],
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { message: '', code: 0 },
    ...changes,
  };
}

export function withAttributes(attributes: Readonly<Record<string, AnyValue>>, changes: Partial<Span> = {}): Span {
  return sampleSpan({ ...changes, attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })) });
}

export function requestOf(spans: readonly Span[]): ExportTraceServiceRequest {
  return {
    resourceSpans: [
      { resource: RESOURCE, scopeSpans: [{ scope: SCOPE, spans: [...spans], schemaUrl: '' }], schemaUrl: '' },
    ],
  };
}
