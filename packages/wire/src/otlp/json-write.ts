import { encodeBase64 } from '../text/base64.js';
import { toWellFormed } from '../text/well-formed.js';
import { textOfNonInt64 } from './int64.js';
import type {
  AnyValue,
  ExportTraceServiceRequest,
  ExportTraceServiceResponse,
  InstrumentationScope,
  KeyValue,
  Resource,
  ResourceSpans,
  RpcStatus,
  ScopeSpans,
  Span,
  SpanEvent,
  SpanLink,
} from './messages.js';

/** What `JSON.stringify` is given; members that are `undefined` are left out. */
type JsonMessage = { readonly [key: string]: unknown };

/** OTLP/JSON text of a request: ids as hexadecimal, 64-bit integers as strings, bytes as base64, defaults left out. */
export function writeExportRequestJson(request: ExportTraceServiceRequest): string {
  return JSON.stringify({ resourceSpans: request.resourceSpans.map(resourceSpansToJson) });
}

function resourceSpansToJson(resourceSpans: ResourceSpans): JsonMessage {
  return {
    resource: resourceToJson(resourceSpans.resource),
    scopeSpans: resourceSpans.scopeSpans.map(scopeSpansToJson),
    schemaUrl: text(resourceSpans.schemaUrl),
  };
}

function resourceToJson(resource: Resource): JsonMessage {
  return {
    attributes: list(resource.attributes, keyValueToJson),
    droppedAttributesCount: nonZero(resource.droppedAttributesCount),
  };
}

function scopeSpansToJson(scopeSpans: ScopeSpans): JsonMessage {
  return {
    scope: scopeToJson(scopeSpans.scope),
    spans: scopeSpans.spans.map(spanToJson),
    schemaUrl: text(scopeSpans.schemaUrl),
  };
}

function scopeToJson(scope: InstrumentationScope): JsonMessage {
  return {
    name: text(scope.name),
    version: text(scope.version),
    attributes: list(scope.attributes, keyValueToJson),
    droppedAttributesCount: nonZero(scope.droppedAttributesCount),
  };
}

function spanToJson(span: Span): JsonMessage {
  const { code, message } = span.status;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: text(span.traceState),
    parentSpanId: text(span.parentSpanId),
    flags: nonZero(span.flags),
    name: text(span.name),
    kind: nonZero(span.kind),
    startTimeUnixNano: fixed64(span.startTimeUnixNano),
    endTimeUnixNano: fixed64(span.endTimeUnixNano),
    attributes: list(span.attributes, keyValueToJson),
    droppedAttributesCount: nonZero(span.droppedAttributesCount),
    events: list(span.events, eventToJson),
    droppedEventsCount: nonZero(span.droppedEventsCount),
    links: list(span.links, linkToJson),
    droppedLinksCount: nonZero(span.droppedLinksCount),
    status: code === 0 && message === '' ? undefined : { code: nonZero(code), message: text(message) },
  };
}

function eventToJson(event: SpanEvent): JsonMessage {
  return {
    timeUnixNano: fixed64(event.timeUnixNano),
    name: text(event.name),
    attributes: list(event.attributes, keyValueToJson),
    droppedAttributesCount: nonZero(event.droppedAttributesCount),
  };
}

function linkToJson(link: SpanLink): JsonMessage {
  return {
    traceId: link.traceId,
    spanId: link.spanId,
    traceState: text(link.traceState),
    attributes: list(link.attributes, keyValueToJson),
    droppedAttributesCount: nonZero(link.droppedAttributesCount),
    flags: nonZero(link.flags),
  };
}

function keyValueToJson({ key, value }: KeyValue): JsonMessage {
  return { key: toWellFormed(key), value: anyValueToJson(value) };
}

/** Members of a oneof are written even when they are zero. */
function anyValueToJson(value: AnyValue): JsonMessage {
  switch (typeof value) {
    case 'string':
      return { stringValue: toWellFormed(value) };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return { doubleValue: Number.isFinite(value) ? value : String(value) };
    case 'bigint':
      return bigintToJson(value);
    default:
      return value === null ? {} : structureToJson(value);
  }
}

function bigintToJson(value: bigint): JsonMessage {
  const digits = textOfNonInt64(value);
  return digits === undefined ? { intValue: value.toString() } : { stringValue: digits };
}

function structureToJson(value: Exclude<AnyValue, string | boolean | number | bigint | null>): JsonMessage {
  if (value instanceof Uint8Array) return { bytesValue: encodeBase64(value) };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValueToJson) } };
  return { kvlistValue: { values: value.entries.map(keyValueToJson) } };
}

function text(value: string): string | undefined {
  return value === '' ? undefined : toWellFormed(value);
}

function nonZero(value: number): number | undefined {
  return value === 0 ? undefined : value;
}

function fixed64(value: bigint): string | undefined {
  return value === 0n ? undefined : value.toString();
}

function list<T>(elements: readonly T[], toJson: (element: T) => JsonMessage): readonly JsonMessage[] | undefined {
  return elements.length === 0 ? undefined : elements.map(toJson);
}

/** OTLP/JSON text of a response; `{}` where nothing was refused. */
export function writeExportResponseJson({ partialSuccess }: ExportTraceServiceResponse): string {
  if (partialSuccess === undefined) return '{}';
  const { rejectedSpans, errorMessage } = partialSuccess;
  return JSON.stringify({
    partialSuccess: { rejectedSpans: fixed64(rejectedSpans), errorMessage: text(errorMessage) },
  });
}

/** JSON text of a `google.rpc.Status`, the body of an OTLP/HTTP error. */
export function writeRpcStatusJson({ code, message }: RpcStatus): string {
  return JSON.stringify({ code: nonZero(code), message: text(message) });
}
