/** Spans for the store's suite, as the bytes that the queue would hand over. */
import {
  type AnyValue,
  ATTRIBUTE,
  type ExportTraceServiceRequest,
  encodeExportRequest,
  type KeyValue,
  type Span,
} from '@slipstream/wire';

/** One span in the terms of a test; what is left out is a plain ended span of a millisecond. */
export interface SpanSpec {
  readonly trace: number;
  readonly span: number;
  /** Number of the parent span in the same trace; a root without it. */
  readonly parent?: number;
  readonly name?: string;
  /** Microseconds since the suite's epoch. */
  readonly startUs?: number;
  readonly durationUs?: number;
  readonly running?: boolean;
  readonly revision?: number;
  readonly attributes?: Readonly<Record<string, AnyValue>>;
  readonly service?: string;
  readonly instance?: string;
}

/** A moment of the suite: microseconds since the Unix epoch, 2026-01-01. */
export const EPOCH_US = 1_767_225_600_000_000;

export function traceIdOf(trace: number): string {
  return `a${trace.toString(16).padStart(31, '0')}`;
}

export function spanIdOf(span: number): string {
  return `b${span.toString(16).padStart(15, '0')}`;
}

/** One payload with one resource for each span, in the order given. */
export function payload(...specs: readonly SpanSpec[]): Uint8Array {
  const request: ExportTraceServiceRequest = {
    resourceSpans: specs.map((spec) => ({
      resource: { attributes: resourceAttributes(spec), droppedAttributesCount: 0 },
      scopeSpans: [
        {
          scope: { name: 'suite', version: '1', attributes: [], droppedAttributesCount: 0 },
          spans: [toSpan(spec)],
          schemaUrl: '',
        },
      ],
      schemaUrl: '',
    })),
  };
  return encodeExportRequest(request);
}

function resourceAttributes({ service = 'suite-service', instance = 'suite-instance' }: SpanSpec): KeyValue[] {
  return [
    { key: ATTRIBUTE.serviceName, value: service },
    { key: ATTRIBUTE.serviceInstanceId, value: instance },
  ];
}

function toSpan(spec: SpanSpec): Span {
  const { trace, span, parent, name = `span-${span}`, startUs = span * 1000, durationUs = 1000 } = spec;
  const { running, revision } = spec;
  const attributes = Object.entries(spec.attributes ?? {}).map(([key, value]) => ({ key, value }));
  if (running) attributes.push({ key: ATTRIBUTE.spanRunning, value: true });
  if (revision !== undefined) attributes.push({ key: ATTRIBUTE.spanRevision, value: revision });
  const startNs = BigInt(EPOCH_US + startUs) * 1000n;
  return {
    traceId: traceIdOf(trace),
    spanId: spanIdOf(span),
    traceState: '',
    parentSpanId: parent === undefined ? '' : spanIdOf(parent),
    flags: 0,
    name,
    kind: 1,
    startTimeUnixNano: startNs,
    endTimeUnixNano: running ? 0n : startNs + BigInt(durationUs) * 1000n,
    attributes,
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    status: { message: '', code: 0 },
  };
}
