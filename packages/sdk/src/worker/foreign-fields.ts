/** What an OpenTelemetry span carries, read from its record: plain data, which masking walks and changes in place. */

export type ForeignValue = string | number | boolean | null | ForeignValue[];
export type ForeignAttributeMap = Record<string, ForeignValue>;

export interface ForeignEventFields {
  name: string;
  /** Milliseconds of the application thread's `performance.now()`. */
  readonly timeMs: number;
  readonly attributes: ForeignAttributeMap;
  readonly droppedAttributesCount: number;
}

export interface ForeignLinkFields {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly attributes: ForeignAttributeMap;
  readonly droppedAttributesCount: number;
}

export interface ForeignFields {
  /** `Span.SpanKind` and `Status.StatusCode` of OTLP. */
  readonly kind: number;
  readonly statusCode: number;
  readonly flags: number;
  statusMessage: string;
  /** Number of the name that is the scope's label, or 0 where the label was written out. */
  readonly scopeId: number;
  /** The scope's name and version, with U+0000 between them. */
  scopeLabel: string;
  readonly attributes: ForeignAttributeMap;
  readonly droppedAttributesCount: number;
  readonly events: readonly ForeignEventFields[];
  readonly droppedEventsCount: number;
  readonly links: readonly ForeignLinkFields[];
  readonly droppedLinksCount: number;
}
