// Hot path: startSpan without options <= 0.5 µs.
import {
  type ActiveContext,
  type Client,
  type ForeignScope,
  getClient,
  processState,
  type Recorder,
  scopeLabel,
  type TraceIdentity,
} from '../core.js';
import type { OtelContext, OtelSampler, OtelSpan, OtelSpanOptions } from './api-types.js';
import { adopt, type Callable, placeIn, runIn, SlipstreamContext } from './context.js';
import type { ContextValues } from './context-values.js';
import { isBelowRemote, newTrace, TOP } from './place.js';
import { askSampler } from './sampling.js';
import { SlipstreamSpan, type SpanStart } from './span.js';
import { type DecidedSpanLimits, decideSpanLimits, type SpanLimits } from './span-limits.js';
import { performanceMsOf } from './times.js';
import { UnrecordedSpan } from './unrecorded-span.js';

const KIND_INTERNAL = 0;
const KIND_CONSUMER = 4;

const NO_OPTIONS: OtelSpanOptions = {};

/** What a tracer does with its spans. */
export interface TracerSettings {
  /** Decides which spans are recorded. @default the client's `sampleRate`, by trace id */
  readonly sampler?: OtelSampler | undefined;
  /** How much of a span is kept. */
  readonly spanLimits?: SpanLimits | undefined;
  /** Asked for each span: whether none is to be recorded any more. */
  readonly isClosed?: (() => boolean) | undefined;
}

/**
 * A tracer of OpenTelemetry whose spans go into a Slipstream client. It needs no `register()`: whatever takes a tracer
 * takes this one.
 */
export class SlipstreamTracer {
  private readonly scope: ForeignScope;
  private readonly client: Client | undefined;
  private readonly sampler: OtelSampler | undefined;
  private readonly isClosed: (() => boolean) | undefined;
  private readonly limits: DecidedSpanLimits;

  /**
   * @param name of the instrumentation scope: what is traced, e.g. a library
   * @param client where spans go. @default the process's own client, as it is when a span begins
   */
  constructor(name: string, version?: string, client?: Client, settings?: TracerSettings) {
    const scope = { name: textOr(name, ''), version: textOr(version, '') };
    this.scope = { ...scope, label: scopeLabel(scope.name, scope.version) };
    this.client = client;
    const { sampler, isClosed, spanLimits } = readSettings(settings);
    this.sampler = sampler;
    this.isClosed = isClosed;
    this.limits = decideSpanLimits(spanLimits);
  }

  /** Begins a span below the active one, or below that of `context`. It does not become active. */
  startSpan(name: string, options?: OtelSpanOptions, context?: OtelContext): OtelSpan {
    const isGiven = context !== undefined && context !== null;
    return this.begin(name, options, isGiven ? adopt(context) : processState.storage.getStore());
  }

  /** Begins a span and runs `fn` with it active; `fn` ends it. */
  startActiveSpan<F extends (span: OtelSpan) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: OtelSpan) => unknown>(name: string, options: OtelSpanOptions, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: OtelSpan) => unknown>(
    name: string,
    options: OtelSpanOptions,
    context: OtelContext,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan(name: string, ...rest: readonly unknown[]): unknown {
    const fn = rest[rest.length - 1];
    if (typeof fn !== 'function') return undefined;
    const options = rest.length > 1 ? (rest[0] as OtelSpanOptions) : undefined;
    const isGiven = rest.length > 2 && rest[1] !== undefined && rest[1] !== null;
    const active = isGiven ? adopt(rest[1]) : processState.storage.getStore();
    const span = this.begin(name, options, active);
    return runIn(new SlipstreamContext(span, valuesIn(active)), fn as Callable, undefined, [span]);
  }

  private begin(name: string, options: OtelSpanOptions | undefined, active: ActiveContext | undefined): OtelSpan {
    const given = options === undefined || options === null ? NO_OPTIONS : readOptions(options);
    const place = given.root === true ? TOP : placeIn(active);
    const values = valuesIn(active);
    const recorder = values?.isSuppressed === true ? undefined : this.recorder();
    if (recorder === undefined) return new UnrecordedSpan(place);
    const start: SpanStart = {
      name: textOr(name, 'span'),
      kind: kindOf(given.kind),
      startMs: performanceMsOf(given.startTime),
      scope: this.scope,
      limits: this.limits,
      place,
      values,
    };
    const trace = place === TOP ? newTrace(recorder.isSampled) : sampledBy(recorder, place);
    if (this.sampler === undefined) return record(new SlipstreamSpan(recorder, start, trace, trace.sampled), given);
    const answer = askSampler(this.sampler, trace, start, given);
    const span = new SlipstreamSpan(recorder, start, answer.trace, answer.isRecording);
    return record(span, answer.attributes === undefined ? given : { ...given, attributes: answer.attributes });
  }

  private recorder(): Recorder | undefined {
    if (this.isClosed?.() === true) return undefined;
    const client = this.client ?? processState.client ?? getClient();
    return client.enabled ? client.recorder : undefined;
  }
}

function readSettings(settings: TracerSettings | undefined): TracerSettings {
  try {
    const { sampler, isClosed, spanLimits } = settings ?? {};
    const isSampler = typeof sampler?.shouldSample === 'function';
    const isAsked = typeof isClosed === 'function';
    return { sampler: isSampler ? sampler : undefined, isClosed: isAsked ? isClosed : undefined, spanLimits };
  } catch {
    // Getters of the caller's.
    return {};
  }
}

/** Books the span as begun, and puts on it what it begins with. */
function record(span: SlipstreamSpan, { attributes, links }: OtelSpanOptions): SlipstreamSpan {
  span.announce();
  if (attributes !== undefined) span.setAttributes(attributes);
  span.setPropagated();
  if (links !== undefined) span.addLinks(links);
  return span;
}

/** Reading what a caller passed may run the caller's getters; here, before anything is counted. */
function readOptions(options: OtelSpanOptions): OtelSpanOptions {
  try {
    const { kind, attributes, links, startTime, root } = options;
    return { kind, attributes, links, startTime, root } as OtelSpanOptions;
  } catch {
    return NO_OPTIONS;
  }
}

/** What another process sent is sampled by this tracer's client, which need not be the process's own. */
function sampledBy(recorder: Recorder, place: ActiveContext): TraceIdentity {
  const { trace } = place;
  if (!isBelowRemote(place)) return trace;
  const sampled = recorder.isSampled(trace.word3);
  return sampled === trace.sampled ? trace : { ...trace, sampled };
}

function valuesIn(active: ActiveContext | undefined): ContextValues | undefined {
  return active?.surrounding as ContextValues | undefined;
}

function kindOf(kind: unknown): number {
  const isKnown = Number.isInteger(kind) && (kind as number) >= KIND_INTERNAL && (kind as number) <= KIND_CONSUMER;
  return isKnown ? (kind as number) : KIND_INTERNAL;
}

function textOr(text: unknown, fallback: string): string {
  return typeof text === 'string' ? text : fallback;
}
