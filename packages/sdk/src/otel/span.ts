// Hot path: begin and end without attributes <= 1 µs together; one object a span, no closures.

import { ATTRIBUTE } from '@slipstream/wire';
import {
  type ActiveContext,
  FLAG,
  type ForeignEvent,
  type ForeignLink,
  type ForeignScope,
  type ForeignSpan,
  type GenerationFields,
  mergeFields,
  type ObservationEnd,
  ObservationHandle,
  type Recorder,
  type TraceIdentity,
} from '../core.js';
import type { OtelAttributes, OtelLink, OtelSpan, OtelSpanContext, OtelStatus, OtelTimeInput } from './api-types.js';
import { AttributeList } from './attribute-list.js';
import type { ContextValues } from './context-values.js';
import { exceptionAttributes } from './exceptions.js';
import { PLACE } from './keys.js';
import { propagatedAttributes, withoutPrompt } from './langfuse-context.js';
import { readLink } from './links.js';
import { readStatus } from './observation-span.js';
import { ids, isBelowRemote, isLocalRoot, spanContextOf } from './place.js';
import type { DecidedSpanLimits } from './span-limits.js';
import { isTime, performanceMsOf } from './times.js';
import { warnOfLateUpdate } from './warnings.js';

const STATUS_UNSET = 0;
const STATUS_OK = 1;
const STATUS_ERROR = 2;

/** Bits of OTLP's `Span.flags` above the W3C ones: whether it is known if the parent is remote, and whether it is. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** What a span begins with. */
export interface SpanStart {
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly scope: ForeignScope;
  readonly limits: DecidedSpanLimits;
  /** What it stands below. */
  readonly place: ActiveContext;
  /** The values of the context that it begins in. */
  readonly values: ContextValues | undefined;
}

/**
 * A span of OpenTelemetry's API. It is an observation too, so that `getClient()` reaches it where it is active; what
 * is set by that way stands beside what is set by this API.
 */
export class SlipstreamSpan extends ObservationHandle implements OtelSpan, ForeignSpan {
  declare name: string;
  readonly kind: number;
  readonly scope: ForeignScope;
  readonly otlpFlags: number;
  attributeList: AttributeList | undefined = undefined;
  eventList: ForeignEvent[] | undefined = undefined;
  linkList: ForeignLink[] | undefined = undefined;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  statusCode = STATUS_UNSET;
  statusMessage = '';
  private readonly limits: DecidedSpanLimits;
  private recording: boolean;
  private context: OtelSpanContext | undefined = undefined;
  private observationFields: GenerationFields | undefined = undefined;

  /** @param isRecording whether it takes anything in: so does a span that a sampler wants recorded but not sent */
  constructor(recorder: Recorder, start: SpanStart, trace: TraceIdentity, isRecording: boolean) {
    const { name, startMs, place } = start;
    const flags = isLocalRoot(place) ? FLAG.LOCAL_ROOT : 0;
    const { words } = ids;
    super(
      recorder,
      trace,
      words.next(),
      words.nextNonZero(),
      place.high,
      place.low,
      0,
      name,
      flags,
      startMs,
      start.values,
    );
    this.kind = start.kind;
    this.scope = start.scope;
    this.limits = start.limits;
    this.recording = isRecording;
    this.otlpFlags = (trace.sampled ? 1 : 0) | HAS_IS_REMOTE | (isBelowRemote(place) ? IS_REMOTE : 0);
  }

  /** @internal Books it as begun. */
  announce(): void {
    this.recorder.startForeign(this, (this.flags & FLAG.LOCAL_ROOT) !== 0);
  }

  /** @internal Puts on it what Langfuse's tracing package wants on each span here; a prompt of its own stays. */
  setPropagated(): void {
    const propagated = propagatedAttributes(this.surrounding as ContextValues | undefined);
    if (propagated === undefined || !this.recording) return;
    const hasPrompt = this.attributeList?.get(ATTRIBUTE.observationPromptName) !== undefined;
    this.setAttributes(hasPrompt ? withoutPrompt(propagated) : propagated);
  }

  get [PLACE](): ActiveContext {
    return this;
  }

  spanContext(): OtelSpanContext {
    this.context ??= spanContextOf(this);
    return this.context;
  }

  setAttribute(key: string, value: unknown): this {
    if (!this.takesUpdates()) return this;
    try {
      this.attributesToSet().set(key, value);
    } catch {
      // An array of the application's that is none: a proxy.
    }
    return this;
  }

  setAttributes(attributes: OtelAttributes): this {
    if (this.takesUpdates()) this.attributesToSet().setAll(attributes);
    return this;
  }

  addEvent(name: string, attributesOrTime?: OtelAttributes | OtelTimeInput, time?: OtelTimeInput): this {
    if (!this.takesUpdates()) return this;
    const isTimed = isTime(attributesOrTime);
    const timeMs = performanceMsOf(isTimed && !isTime(time) ? attributesOrTime : time);
    this.pushEvent(typeof name === 'string' ? name : 'event', timeMs, isTimed ? undefined : attributesOrTime);
    return this;
  }

  addLink(link: OtelLink): this {
    if (!this.takesUpdates()) return this;
    const { linkCountLimit, attributePerLinkCountLimit, attributeValueLengthLimit } = this.limits;
    const read = readLink(link, attributePerLinkCountLimit, attributeValueLengthLimit);
    if (read === undefined) return this;
    this.linkList ??= [];
    if (this.linkList.push(read) > linkCountLimit) {
      this.linkList.shift();
      this.droppedLinksCount++;
    }
    return this;
  }

  addLinks(links: readonly OtelLink[]): this {
    try {
      if (Array.isArray(links)) for (let index = 0; index < links.length; index++) this.addLink(links[index]);
    } catch {
      // An array of the application's that is none: a proxy.
    }
    return this;
  }

  /** Ok is final, unset says nothing, and only an error has a description. */
  setStatus(status: OtelStatus): this {
    if (!this.takesUpdates()) return this;
    const { code, message } = readStatus(status);
    if (this.statusCode === STATUS_OK || (code !== STATUS_OK && code !== STATUS_ERROR)) return this;
    this.statusCode = code;
    this.statusMessage = code === STATUS_ERROR ? (message ?? '') : '';
    return this;
  }

  updateName(name: string): this {
    if (this.takesUpdates() && typeof name === 'string') this.name = name;
    return this;
  }

  isRecording(): boolean {
    return this.recording;
  }

  recordException(exception: unknown, time?: OtelTimeInput): void {
    if (!this.takesUpdates()) return;
    const attributes = exceptionAttributes(exception);
    if (attributes !== undefined) this.pushEvent('exception', performanceMsOf(time), attributes);
  }

  /** Takes an end time as OpenTelemetry gives it, or fields as an observation does. */
  override end(ending?: OtelTimeInput | ObservationEnd): void {
    if (this.ended) return;
    const fields = typeof ending === 'object' && ending !== null && !isTime(ending) ? ending : undefined;
    if (fields !== undefined) this.update(fields);
    this.ended = true;
    this.recording = false;
    const endMs = performanceMsOf(fields === undefined ? ending : endTimeOf(fields));
    this.recorder.endForeign(this, endMs, this.observationFields);
    this.observationFields = undefined;
  }

  override update(fields: GenerationFields): this {
    if (this.ended) {
      this.recorder.lostUpdate(this.trace);
      return this;
    }
    const { name, ...others } = mergeFields<GenerationFields>({}, fields);
    if (typeof name === 'string') this.name = name;
    this.observationFields = mergeFields(this.observationFields ?? {}, others);
    return this;
  }

  /** As `ReadableSpan` of OpenTelemetry's SDK has them, for instrumentation that looks. */
  get attributes(): OtelAttributes {
    return this.attributeList?.toObject() ?? {};
  }

  get status(): OtelStatus {
    return this.statusMessage === ''
      ? { code: this.statusCode }
      : { code: this.statusCode, message: this.statusMessage };
  }

  get instrumentationScope(): { name: string; version: string } {
    return { name: this.scope.name, version: this.scope.version };
  }

  private pushEvent(name: string, timeMs: number, attributes: unknown): void {
    const { eventCountLimit, attributePerEventCountLimit, attributeValueLengthLimit } = this.limits;
    let attributeList: AttributeList | undefined;
    if (attributes !== undefined) {
      attributeList = new AttributeList(attributePerEventCountLimit, attributeValueLengthLimit);
      attributeList.setAll(attributes);
    }
    this.eventList ??= [];
    if (this.eventList.push({ name, timeMs, attributeList }) > eventCountLimit) {
      this.eventList.shift();
      this.droppedEventsCount++;
    }
  }

  private attributesToSet(): AttributeList {
    const { attributeCountLimit, attributeValueLengthLimit } = this.limits;
    this.attributeList ??= new AttributeList(attributeCountLimit, attributeValueLengthLimit);
    return this.attributeList;
  }

  private takesUpdates(): boolean {
    if (!this.recording && this.ended) warnOfLateUpdate(this.name);
    return this.recording;
  }
}

/** Reading what a caller passed may run the caller's getters. */
function endTimeOf(fields: ObservationEnd): unknown {
  try {
    return fields.endTime;
  } catch {
    return undefined;
  }
}
