/** Our messages as the plain objects that protobufjs encodes and decodes; 64-bit integers are decimal strings there. */
import type {
  AnyValue,
  ExportTraceServiceRequest,
  KeyValue,
  ResourceSpans,
  ScopeSpans,
  Span,
  SpanEvent,
  SpanLink,
} from '../src/index.js';

type Plain = Record<string, unknown>;

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export function anyValueToPlain(value: AnyValue): Plain {
  if (value === null) return {};
  if (typeof value === 'string') return { string_value: value };
  if (typeof value === 'boolean') return { bool_value: value };
  if (typeof value === 'bigint') return { int_value: value.toString() };
  if (typeof value === 'number') return { double_value: value };
  if (value instanceof Uint8Array) return { bytes_value: value };
  if (Array.isArray(value)) return { array_value: { values: value.map(anyValueToPlain) } };
  return { kvlist_value: { values: value.entries.map(keyValueToPlain) } };
}

const keyValueToPlain = ({ key, value }: KeyValue): Plain => ({ key, value: anyValueToPlain(value) });

const eventToPlain = (event: SpanEvent): Plain => ({
  time_unix_nano: event.timeUnixNano.toString(),
  name: event.name,
  attributes: event.attributes.map(keyValueToPlain),
  dropped_attributes_count: event.droppedAttributesCount,
});

const linkToPlain = (link: SpanLink): Plain => ({
  trace_id: fromHex(link.traceId),
  span_id: fromHex(link.spanId),
  trace_state: link.traceState,
  attributes: link.attributes.map(keyValueToPlain),
  dropped_attributes_count: link.droppedAttributesCount,
  flags: link.flags,
});

const spanToPlain = (span: Span): Plain => ({
  trace_id: fromHex(span.traceId),
  span_id: fromHex(span.spanId),
  trace_state: span.traceState,
  parent_span_id: fromHex(span.parentSpanId),
  name: span.name,
  kind: span.kind,
  start_time_unix_nano: span.startTimeUnixNano.toString(),
  end_time_unix_nano: span.endTimeUnixNano.toString(),
  attributes: span.attributes.map(keyValueToPlain),
  dropped_attributes_count: span.droppedAttributesCount,
  events: span.events.map(eventToPlain),
  dropped_events_count: span.droppedEventsCount,
  links: span.links.map(linkToPlain),
  dropped_links_count: span.droppedLinksCount,
  status: span.status.code === 0 && span.status.message === '' ? null : span.status,
  flags: span.flags,
});

const scopeSpansToPlain = ({ scope, spans, schemaUrl }: ScopeSpans): Plain => ({
  scope: {
    name: scope.name,
    version: scope.version,
    attributes: scope.attributes.map(keyValueToPlain),
    dropped_attributes_count: scope.droppedAttributesCount,
  },
  spans: spans.map(spanToPlain),
  schema_url: schemaUrl,
});

const resourceSpansToPlain = ({ resource, scopeSpans, schemaUrl }: ResourceSpans): Plain => ({
  resource: {
    attributes: resource.attributes.map(keyValueToPlain),
    dropped_attributes_count: resource.droppedAttributesCount,
  },
  scope_spans: scopeSpans.map(scopeSpansToPlain),
  schema_url: schemaUrl,
});

export const requestToPlain = (request: ExportTraceServiceRequest): Plain => ({
  resource_spans: request.resourceSpans.map(resourceSpansToPlain),
});
