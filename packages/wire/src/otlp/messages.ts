/**
 * The OTLP trace messages in memory, after opentelemetry-proto 1.x
 * (`opentelemetry/proto/collector/trace/v1`, `trace/v1`, `common/v1`, `resource/v1`).
 *
 * Ids are lower-case hex (32 and 16 digits, parent `''` for a root) and times are
 * nanoseconds since the epoch as `bigint`, in both encodings.
 */

/** `opentelemetry.proto.common.v1.AnyValue`: a double is `number`, an int64 is `bigint`, an unset value is `null`. */
export type AnyValue = string | boolean | number | bigint | Uint8Array | null | AnyValue[] | KeyValueList;

/** `KeyValueList`: kept in order and with repeated keys, as it came. */
export interface KeyValueList {
  readonly entries: KeyValue[];
}

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

export interface Resource {
  readonly attributes: KeyValue[];
  readonly droppedAttributesCount: number;
}

export interface InstrumentationScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: KeyValue[];
  readonly droppedAttributesCount: number;
}

/** `Span.SpanKind` by number: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export type SpanKind = number;

/** `Status.StatusCode`: 0 unset, 1 ok, 2 error. */
export type StatusCode = number;

export interface Status {
  readonly message: string;
  readonly code: StatusCode;
}

export interface SpanEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: KeyValue[];
  readonly droppedAttributesCount: number;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: KeyValue[];
  readonly droppedAttributesCount: number;
  readonly flags: number;
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  /** `''` for a root span. */
  readonly parentSpanId: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startTimeUnixNano: bigint;
  /** `0n` where the sender gave none. */
  readonly endTimeUnixNano: bigint;
  readonly attributes: KeyValue[];
  readonly droppedAttributesCount: number;
  readonly events: SpanEvent[];
  readonly droppedEventsCount: number;
  readonly links: SpanLink[];
  readonly droppedLinksCount: number;
  readonly status: Status;
}

export interface ScopeSpans {
  readonly scope: InstrumentationScope;
  readonly spans: Span[];
  readonly schemaUrl: string;
}

export interface ResourceSpans {
  readonly resource: Resource;
  readonly scopeSpans: ScopeSpans[];
  readonly schemaUrl: string;
}

export interface ExportTraceServiceRequest {
  readonly resourceSpans: ResourceSpans[];
}

/** `ExportTracePartialSuccess`; `rejectedSpans` 0 with a message is a warning. */
export interface ExportTracePartialSuccess {
  readonly rejectedSpans: bigint;
  readonly errorMessage: string;
}

export interface ExportTraceServiceResponse {
  readonly partialSuccess: ExportTracePartialSuccess | undefined;
}

/** `google.rpc.Status`, the body of an OTLP/HTTP error. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
}

/** One span that a reader refused while it kept the others. */
export interface SpanRejection {
  /** `spanId` where it could be read, else `''`. */
  readonly spanId: string;
  readonly reason: string;
}

/** What a reader made of a request body: the good spans, and why each other one was refused. */
export interface ReadExportResult {
  readonly request: ExportTraceServiceRequest;
  readonly rejections: SpanRejection[];
  /** Spans that were kept. */
  readonly spanCount: number;
}

/** Bounds of a reader. Crossing one rejects the span (or, above span level, the body). */
export interface ReadLimits {
  /** Arrays and lists around a value inside an attribute. Default 16. */
  readonly maxDepth: number;
  /** Spans in one body. Default 100,000. */
  readonly maxSpanCount: number;
  /** Attributes (or events, or links) of one span. Default 4,096. */
  readonly maxAttributeCount: number;
  /**
   * Values in one body, where a message (resource, scope, span, event, link) counts as ten: two bytes on the wire can
   * become a hundred in memory, so a limit of the body's bytes alone would not do. Default 4,000,000.
   */
  readonly maxNodeCount: number;
}
