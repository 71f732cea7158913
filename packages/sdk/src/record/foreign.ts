/**
 * What a span of OpenTelemetry carries besides an observation's fields. It travels as it is, and is written by the
 * worker as the OTLP message has it (opentelemetry/proto/trace/v1/trace.proto), so that nothing is lost on the way.
 */

export type ForeignAttributeValue =
  | string
  | number
  | boolean
  | readonly (string | number | boolean | null | undefined)[];

/**
 * Attributes in the order in which they were first set. Two lists and no object, because an object with that many
 * different shapes costs several times as much to fill and to read.
 */
export interface ForeignAttributes {
  readonly keys: readonly string[];
  readonly values: readonly ForeignAttributeValue[];
  readonly droppedCount: number;
}

export interface ForeignEvent {
  readonly name: string;
  /** Milliseconds of `performance.now()`. */
  readonly timeMs: number;
  readonly attributeList: ForeignAttributes | undefined;
}

export interface ForeignLink {
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  /** `Link.flags` of OTLP. */
  readonly flags: number;
  readonly attributeList: ForeignAttributes | undefined;
}

/** The InstrumentationScope of a tracer. */
export interface ForeignScope {
  readonly name: string;
  readonly version: string;
  /** Both in one text (`scopeLabel`), by which records name the scope. */
  readonly label: string;
}

export interface ForeignSpan {
  /** `SpanKind` of the OpenTelemetry API: 0 internal, 1 server, 2 client, 3 producer, 4 consumer. OTLP's is one more. */
  readonly kind: number;
  /** `Span.flags` of OTLP. */
  readonly otlpFlags: number;
  /** `Status.StatusCode` of OTLP and of the API: 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly scope: ForeignScope;
  readonly attributeList: ForeignAttributes | undefined;
  readonly eventList: readonly ForeignEvent[] | undefined;
  readonly linkList: readonly ForeignLink[] | undefined;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

/** A scope's name and version as one text: neither of them holds U+0000. */
export function scopeLabel(name: string, version: string): string {
  return `${name}\0${version}`;
}
