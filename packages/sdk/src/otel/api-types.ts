/**
 * The shapes of `@opentelemetry/api` 1.9 and 1.10 that this folder takes and gives. Its own, so that neither this code
 * nor its type declarations need that package; a test holds the two against each other.
 */

/** OpenTelemetry's `Context`: immutable values by key. */
export interface OtelContext {
  /** The value of a key, `undefined` for none. */
  getValue(key: symbol): unknown;
  /** A context that has this value beside the others. */
  setValue(key: symbol, value: unknown): OtelContext;
  /** A context without the value of this key. */
  deleteValue(key: symbol): OtelContext;
}

/** W3C `tracestate`, immutable. */
export interface OtelTraceState {
  /** The value of a key. */
  get(key: string): string | undefined;
  /** One in which this member stands in front. */
  set(key: string, value: string): OtelTraceState;
  /** One without this member. */
  unset(key: string): OtelTraceState;
  /** The header's text. */
  serialize(): string;
}

/** What is known of a span wherever it is. */
export interface OtelSpanContext {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** W3C trace flags; 1 is sampled. */
  traceFlags: number;
  /** Whether it came from another process. */
  isRemote?: boolean;
  /** What other systems on the way have added. */
  traceState?: OtelTraceState;
}

/** Seconds and nanoseconds. */
export type OtelHrTime = [number, number];

/** Milliseconds since the epoch, milliseconds of `performance.now()`, a date, or `[seconds, nanoseconds]` since the epoch. */
export type OtelTimeInput = number | Date | OtelHrTime;

/** Strings, numbers, booleans and arrays of one of them, by key. Anything else is left out. */
export type OtelAttributes = Readonly<Record<string, unknown>>;

/** A span that another one has to do with, besides its parent. */
export interface OtelLink {
  /** Which span that is. */
  context: OtelSpanContext;
  /** What the two have to do with each other. */
  attributes?: OtelAttributes;
}

/** How a span ended. */
export interface OtelStatus {
  /** 0 unset, 1 ok, 2 error. */
  code: number;
  /** Of an error. */
  message?: string;
}

/** How a span begins. */
export interface OtelSpanOptions {
  /** `SpanKind`: 0 internal, 1 server, 2 client, 3 producer, 4 consumer. @default 0 */
  kind?: number;
  /** Set at the start, so that a sampler sees them. */
  attributes?: OtelAttributes;
  /** Links from the start on. */
  links?: readonly OtelLink[];
  /** @default now */
  startTime?: OtelTimeInput;
  /** Begin a new trace, whatever is active. @default false */
  root?: boolean;
}

/** OpenTelemetry's `Span`. Nothing of it throws; after `end` it takes nothing any more. */
export interface OtelSpan {
  /** Its ids and flags, also after its end. */
  spanContext(): OtelSpanContext;
  /** Sets one attribute, in place of an earlier one of that key. */
  setAttribute(key: string, value: unknown): this;
  /** Sets several attributes. */
  setAttributes(attributes: OtelAttributes): this;
  /** Adds something that happened at one time. */
  addEvent(name: string, attributesOrTime?: OtelAttributes | OtelTimeInput, time?: OtelTimeInput): this;
  /** Adds a link. */
  addLink(link: OtelLink): this;
  /** Adds several links. */
  addLinks(links: readonly OtelLink[]): this;
  /** Sets the status: ok is final, unset says nothing. */
  setStatus(status: OtelStatus): this;
  /** Replaces the name. */
  updateName(name: string): this;
  /** Ends it, once. */
  end(endTime?: OtelTimeInput): void;
  /** Whether it takes anything in. */
  isRecording(): boolean;
  /** Adds an event with type, message and stack of what was thrown. */
  recordException(exception: unknown, time?: OtelTimeInput): void;
}

/** What a sampler decides. */
export interface OtelSamplingResult {
  /** `SamplingDecision`: 0 not recorded, 1 recorded and not sent, 2 recorded and sent. */
  decision: number;
  /** Put on the span. */
  attributes?: OtelAttributes;
  /** In place of the parent's. */
  traceState?: OtelTraceState;
}

/** A sampler of OpenTelemetry, such as `ParentBasedSampler`. */
export interface OtelSampler {
  /** Decides about a span that is to begin in `context`. */
  shouldSample(
    context: OtelContext,
    traceId: string,
    spanName: string,
    spanKind: number,
    attributes: OtelAttributes,
    links: OtelLink[],
  ): OtelSamplingResult;
}
