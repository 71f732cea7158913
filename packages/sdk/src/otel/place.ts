import { type ActiveContext, IdSource, processState, remoteParent, type TraceIdentity } from '../core.js';
import type { OtelSpan, OtelSpanContext } from './api-types.js';
import { PLACE } from './keys.js';
import { TraceState } from './trace-state.js';

const SAMPLED_FLAG = 1;
const TRACE_ID = /^(?!0{32}$)[0-9a-f]{32}$/i;
const SPAN_ID = /^(?!0{16}$)[0-9a-f]{16}$/i;

const HEX_BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Made at the first use: reading the system's generator costs what an import should not. */
class LazyIds {
  private source: IdSource | undefined;

  get words(): IdSource {
    this.source ??= new IdSource();
    return this.source;
  }
}

export const ids = new LazyIds();

export function newTrace(isSampled: (lowWord: number) => boolean): TraceIdentity {
  const { words } = ids;
  const word3 = words.nextNonZero();
  const sampled = isSampled(word3);
  return { word0: words.next(), word1: words.next(), word2: words.next(), word3, sampled, traceState: undefined };
}

/** Where no span stands above. Each reading of `trace` begins another one, because all that reads it begins a span. */
class TopPlace implements ActiveContext {
  readonly high = 0;
  readonly low = 0;
  readonly local = undefined;
  readonly surrounding = undefined;

  get trace(): TraceIdentity {
    return newTrace(isSampledHere);
  }
}

export const TOP: ActiveContext = new TopPlace();

/** The process's client decides, where no other is known. */
function isSampledHere(lowWord: number): boolean {
  return processState.client?.recorder?.isSampled(lowWord) ?? true;
}

/** Below which trace and span something stands that begins below `span`; {@link TOP} where that names no span. */
export function placeOf(span: OtelSpan | undefined): ActiveContext {
  if (span === undefined) return TOP;
  const own = (span as { [PLACE]?: ActiveContext })[PLACE];
  if (own !== undefined) return own;
  try {
    return placeOfContext(span.spanContext()) ?? TOP;
  } catch {
    // Somebody else's span.
    return TOP;
  }
}

/**
 * The place that ids name. What another process sent is sampled by this one's rate, as everywhere; in this process
 * it was decided already.
 */
export function placeOfContext(context: OtelSpanContext): RemotePlace | undefined {
  const { traceId, spanId, traceFlags, isRemote, traceState } = context;
  if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId)) return undefined;
  const isSampled = isRemote === true ? isSampledHere : () => (traceFlags & SAMPLED_FLAG) !== 0;
  const parent = remoteParent(traceId, spanId, textOf(traceState), isSampled);
  return { ...parent, isRemote: isRemote === true, context };
}

/** A place that is known by its ids alone. */
export interface RemotePlace extends ActiveContext {
  readonly isRemote: boolean;
  /** As it was given: the sender's sampling flag is passed on where nothing is recorded. */
  readonly context: OtelSpanContext;
}

/** Whether the span above was another process's, or there is none: what begins here is its trace's first in this one. */
export function isLocalRoot(place: ActiveContext): boolean {
  return place.local === undefined && (place as Partial<RemotePlace>).isRemote !== false;
}

/** Whether the span above is another process's. */
export function isBelowRemote(place: ActiveContext): boolean {
  return isLocalRoot(place) && (place.high !== 0 || place.low !== 0);
}

/** All zeros, as OpenTelemetry has it, where it names no span. */
export function spanContextOf(place: ActiveContext): OtelSpanContext {
  if (place === TOP) return { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };
  const { context: given } = place as Partial<RemotePlace>;
  return given ?? contextOfIds(place);
}

function contextOfIds(place: ActiveContext): OtelSpanContext {
  const { trace, high, low } = place;
  const context: OtelSpanContext = {
    traceId: hexOf(trace.word0) + hexOf(trace.word1) + hexOf(trace.word2) + hexOf(trace.word3),
    spanId: hexOf(high) + hexOf(low),
    traceFlags: trace.sampled ? SAMPLED_FLAG : 0,
  };
  if (trace.traceState !== undefined) context.traceState = new TraceState(trace.traceState);
  return context;
}

/** By a table: what instrumentation asks for most is the ids, and formatting numbers costs four times as much. */
function hexOf(word: number): string {
  return `${HEX_BYTES[word >>> 24]}${HEX_BYTES[(word >>> 16) & 255]}${HEX_BYTES[(word >>> 8) & 255]}${HEX_BYTES[word & 255]}`;
}

/** Empty ones say nothing, and are not passed on. */
function textOf(traceState: OtelSpanContext['traceState']): string | undefined {
  const text = traceState?.serialize();
  return typeof text === 'string' && text !== '' ? text : undefined;
}
