/**
 * What a span of OpenTelemetry carries besides an observation's fields. It travels as it is, and is written by the
 * worker as the OTLP message has it (opentelemetry/proto/trace/v1/trace.proto), so that nothing is lost on the way.
 */

export type ForeignAttributeValue =
  | string
  | number
  | boolean
  | readonly (string | number | boolean | null | undefined)[];
export type ForeignAttributes = Readonly<Record<string, ForeignAttributeValue | undefined>>;

export interface ForeignEvent {
  readonly name: string;
  /** Milliseconds of `performance.now()`. */
  readonly timeMs: number;
  readonly attributes: ForeignAttributes;
  readonly droppedAttributesCount: number;
}

export interface ForeignLink {
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: ForeignAttributes;
  readonly droppedAttributesCount: number;
}

export interface ForeignSpan {
  /** `Span.SpanKind` of OTLP: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** `Status.StatusCode` of OTLP: 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly attributes: ForeignAttributes;
  readonly events: readonly ForeignEvent[];
  readonly links: readonly ForeignLink[];
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  readonly scopeName: string;
  readonly scopeVersion: string;
}
