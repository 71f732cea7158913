import { randomBytes } from 'node:crypto';
import {
  type AnyValue,
  ATTRIBUTE,
  type ExportTraceServiceRequest,
  encodeExportRequest,
  type Span,
  writeExportRequestJson,
} from '@slipstream/wire';

export const newTraceId = () => randomBytes(16).toString('hex');
export const newSpanId = () => randomBytes(8).toString('hex');

/** A completed root span with the given parts. */
export function makeSpan(
  parts: Partial<Omit<Span, 'attributes'>> & { attributes?: Record<string, AnyValue> } = {},
): Span {
  const { attributes = {}, ...rest } = parts;
  return {
    traceId: newTraceId(),
    spanId: newSpanId(),
    traceState: '',
    parentSpanId: '',
    flags: 0,
    name: 'span',
    kind: 1,
    startTimeUnixNano: 1_700_000_000_000_000_000n,
    endTimeUnixNano: 1_700_000_000_250_000_000n,
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { message: '', code: 0 },
    ...rest,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  };
}

/** A span that has started and not ended. */
export function makeRunningSpan(parts: Parameters<typeof makeSpan>[0] = {}): Span {
  return makeSpan({
    endTimeUnixNano: 0n,
    ...parts,
    attributes: { ...parts.attributes, [ATTRIBUTE.spanRunning]: true },
  });
}

export function makeRequest(spans: Span[], resource: Record<string, AnyValue> = {}): ExportTraceServiceRequest {
  const attributes = Object.entries(resource).map(([key, value]) => ({ key, value }));
  return {
    resourceSpans: [
      {
        resource: { attributes, droppedAttributesCount: 0 },
        scopeSpans: [
          { scope: { name: 'test', version: '', attributes: [], droppedAttributesCount: 0 }, spans, schemaUrl: '' },
        ],
        schemaUrl: '',
      },
    ],
  };
}

export const toProtobuf = (...spans: Span[]) => Buffer.from(encodeExportRequest(makeRequest(spans)));
export const toJson = (...spans: Span[]) => Buffer.from(writeExportRequestJson(makeRequest(spans)));

export const PROTOBUF = { 'content-type': 'application/x-protobuf' };
export const JSON_TYPE = { 'content-type': 'application/json' };
