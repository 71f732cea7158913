import { ATTRIBUTE } from '@slipstream/wire';
import {
  type Client,
  FLAG,
  type ForeignEvent,
  type ForeignLink,
  type ForeignScope,
  type ForeignSpan,
  getClient,
  ObservationHandle,
  processState,
  type Recorder,
  scopeLabel,
} from '../core.js';
import type { OtelAttributes, OtelContext, OtelHrTime, OtelLink, OtelSpanContext, OtelStatus } from './api-types.js';
import { AttributeList } from './attribute-list.js';
import { flushClient } from './flush.js';
import { propagatedAttributesOf, withoutPrompt } from './langfuse-context.js';
import { readLink } from './links.js';
import { placeOfContext, type RemotePlace } from './place.js';
import { performanceMsOfHrTime } from './times.js';

const SAMPLED_FLAG = 1;
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;
const UNLIMITED = Number.POSITIVE_INFINITY;

/** What is read of a `ReadableSpan` of OpenTelemetry's SDK, 1.x or 2.x. */
export interface ReadableSpanLike {
  /** The span's name. */
  readonly name: string;
  /** `SpanKind` of the API. */
  readonly kind: number;
  /** Its ids and flags. */
  spanContext(): OtelSpanContext;
  /** In 2.x. */
  readonly parentSpanContext?: OtelSpanContext | undefined;
  /** In 1.x. */
  readonly parentSpanId?: string | undefined;
  /** Since the epoch. */
  readonly startTime: OtelHrTime;
  /** Since the epoch. */
  readonly endTime: OtelHrTime;
  /** How it ended. */
  readonly status: OtelStatus;
  /** What was set on it. */
  readonly attributes: OtelAttributes;
  /** What happened in it. */
  readonly events: readonly EventLike[];
  /** What it links to. */
  readonly links: readonly (OtelLink & { readonly droppedAttributesCount?: number })[];
  /** By the SDK's limits. */
  readonly droppedAttributesCount?: number;
  /** By the SDK's limits. */
  readonly droppedEventsCount?: number;
  /** By the SDK's limits. */
  readonly droppedLinksCount?: number;
  /** In 2.x. */
  readonly instrumentationScope?: ScopeLike | undefined;
  /** In 1.x. */
  readonly instrumentationLibrary?: ScopeLike | undefined;
}

/** What is touched of a span that begins. */
export interface StartedSpanLike {
  /** What it begins with. */
  readonly attributes?: OtelAttributes;
  /** Adds attributes. */
  setAttributes(attributes: OtelAttributes): unknown;
}

interface EventLike {
  readonly name: string;
  readonly time: OtelHrTime;
  readonly attributes?: OtelAttributes;
  readonly droppedAttributesCount?: number;
}

interface ScopeLike {
  readonly name: string;
  readonly version?: string;
}

/**
 * Hands the spans of an application's own OpenTelemetry SDK to Slipstream, each under its own ids, beside whatever
 * other processors do. What the provider sampled is taken; its resource is not, since the client has one of its own.
 * A span is in the books from its end on: one that was begun before this processor came would not balance otherwise.
 */
export class SlipstreamSpanProcessor {
  readonly #client: Client | undefined;
  #isShutDown = false;

  /** @param options.client where spans go. @default the process's own client */
  constructor(options: { readonly client?: Client | undefined } = {}) {
    this.#client = readClient(options);
  }

  /** Puts on the span what Langfuse's `propagateAttributes()` wants on each; it does nothing else. */
  onStart(span: StartedSpanLike, parentContext: OtelContext): void {
    try {
      const propagated = propagatedAttributesOf(parentContext);
      if (propagated === undefined) return;
      const hasPrompt = span.attributes?.[ATTRIBUTE.observationPromptName] !== undefined;
      span.setAttributes(hasPrompt ? withoutPrompt(propagated) : propagated);
    } catch {
      // Somebody else's span.
    }
  }

  /** Copies a span that has ended, if the provider sampled it. */
  onEnd(span: ReadableSpanLike): void {
    if (this.#isShutDown) return;
    const client = this.#client ?? processState.client ?? getClient();
    const recorder = client.enabled ? client.recorder : undefined;
    if (recorder === undefined) return;
    try {
      if ((span.spanContext().traceFlags & SAMPLED_FLAG) !== 0) handOver(recorder, span);
    } catch {
      // Not a span as the SDK has it: nothing was begun, so nothing is lost from the books.
    }
  }

  /** Resolves when what has ended is delivered, or the client's time for a flush is over. */
  async forceFlush(): Promise<void> {
    await flushClient(this.#client);
  }

  /** As {@link forceFlush}; spans that end afterwards are not taken. The client goes on. */
  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    await this.forceFlush();
  }
}

function readClient(options: { readonly client?: Client | undefined }): Client | undefined {
  try {
    return options.client;
  } catch {
    // Nothing that has such options, or their getters throw.
    return undefined;
  }
}

function handOver(recorder: Recorder, span: ReadableSpanLike): void {
  const place = placeOfContext(span.spanContext());
  if (place === undefined) return;
  const ended = new EndedSpan(recorder, span, place);
  // Its running time is over: nothing is announced.
  recorder.startForeign(ended, false);
  recorder.endForeign(ended, ended.endMs, undefined);
}

/** A span of another SDK in the form that is recorded. */
class EndedSpan extends ObservationHandle implements ForeignSpan {
  readonly kind: number;
  readonly otlpFlags: number;
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly scope: ForeignScope;
  readonly attributeList: AttributeList;
  readonly eventList: readonly ForeignEvent[];
  readonly linkList: readonly ForeignLink[];
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  readonly endMs: number;

  constructor(recorder: Recorder, span: ReadableSpanLike, { trace, high, low }: RemotePlace) {
    const parent = parentOf(span);
    const flags = parent === undefined || parent.isRemote ? FLAG.LOCAL_ROOT : 0;
    const startMs = performanceMsOfHrTime(span.startTime);
    const [parentHigh, parentLow] = [parent?.high ?? 0, parent?.low ?? 0];
    super(recorder, trace, high, low, parentHigh, parentLow, 0, String(span.name), flags, startMs, undefined);
    const { status, instrumentationScope, instrumentationLibrary } = span;
    this.kind = span.kind;
    this.otlpFlags = SAMPLED_FLAG | HAS_IS_REMOTE | (parent?.isRemote === true ? IS_REMOTE : 0);
    this.statusCode = status.code;
    this.statusMessage = status.message ?? '';
    this.scope = scopeOf(instrumentationScope ?? instrumentationLibrary);
    this.attributeList = attributesOf(span.attributes, span.droppedAttributesCount);
    this.eventList = span.events.map(eventOf);
    this.linkList = span.links.map(linkOf).filter((link) => link !== undefined);
    this.droppedEventsCount = span.droppedEventsCount ?? 0;
    this.droppedLinksCount = span.droppedLinksCount ?? 0;
    this.endMs = performanceMsOfHrTime(span.endTime);
  }
}

function parentOf(span: ReadableSpanLike): RemotePlace | undefined {
  const { parentSpanContext, parentSpanId } = span;
  if (parentSpanContext !== undefined) return placeOfContext(parentSpanContext);
  return parentSpanId === undefined ? undefined : placeOfContext({ ...span.spanContext(), spanId: parentSpanId });
}

function scopeOf(scope: ScopeLike | undefined): ForeignScope {
  const { name = '', version = '' } = scope ?? {};
  return { name, version, label: scopeLabel(name, version) };
}

/** The SDK has applied its limits already. */
function attributesOf(attributes: OtelAttributes | undefined, droppedCount: number | undefined): AttributeList {
  const list = new AttributeList(UNLIMITED, UNLIMITED);
  list.setAll(attributes);
  list.droppedCount = droppedCount ?? 0;
  return list;
}

function eventOf({ name, time, attributes, droppedAttributesCount }: EventLike): ForeignEvent {
  const attributeList = attributesOf(attributes, droppedAttributesCount);
  return { name: String(name), timeMs: performanceMsOfHrTime(time), attributeList };
}

function linkOf(link: OtelLink & { readonly droppedAttributesCount?: number }): ForeignLink | undefined {
  const read = readLink(link, UNLIMITED, UNLIMITED);
  if (read?.attributeList !== undefined && link.droppedAttributesCount !== undefined) {
    (read.attributeList as AttributeList).droppedCount = link.droppedAttributesCount;
  }
  return read;
}
