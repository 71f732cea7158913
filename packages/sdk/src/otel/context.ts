// Hot path: a context with a span is one object; the active one is read without making any.
import { type ActiveContext, type ObservationHandle, processState, type TraceIdentity } from '../core.js';
import type { OtelContext, OtelSpan } from './api-types.js';
import { type ContextValues, lookUp, readValue, valuesOfContext, withoutValue, withValue } from './context-values.js';
import { SPAN_KEY } from './keys.js';
import { ObservationSpan } from './observation-span.js';
import { placeOf, type RemotePlace, spanContextOf, TOP } from './place.js';
import { UnrecordedSpan } from './unrecorded-span.js';

/**
 * OpenTelemetry's context, immutable, and at the same time what observations begin below: one is active for both.
 * The span is a field of its own, because it is what is nearly always asked for.
 */
export class SlipstreamContext implements OtelContext, ActiveContext {
  readonly span: OtelSpan | undefined;
  readonly values: ContextValues | undefined;
  private knownPlace: ActiveContext | undefined = undefined;

  constructor(span: OtelSpan | undefined, values: ContextValues | undefined) {
    this.span = span;
    this.values = values;
  }

  getValue(key: symbol): unknown {
    return key === SPAN_KEY ? this.span : lookUp(this.values, key);
  }

  setValue(key: symbol, value: unknown): SlipstreamContext {
    if (key === SPAN_KEY) return new SlipstreamContext(spanOrNothing(value), this.values);
    return new SlipstreamContext(this.span, withValue(this.values, key, value));
  }

  deleteValue(key: symbol): SlipstreamContext {
    if (key === SPAN_KEY) return new SlipstreamContext(undefined, this.values);
    return new SlipstreamContext(this.span, withoutValue(this.values, key));
  }

  /** What stands behind the span. */
  get place(): ActiveContext {
    this.knownPlace ??= placeOf(this.span);
    return this.knownPlace;
  }

  get trace(): TraceIdentity {
    return this.place.trace;
  }

  get high(): number {
    return this.place.high;
  }

  get low(): number {
    return this.place.low;
  }

  get local(): ActiveContext['local'] {
    return this.place.local;
  }

  get surrounding(): ContextValues | undefined {
    return this.values;
  }
}

export const ROOT = new SlipstreamContext(undefined, undefined);

/** Any context as one of ours; what is none counts as the root. */
export function adopt(context: unknown): SlipstreamContext {
  if (typeof context !== 'object' || context === null) return ROOT;
  try {
    if (context instanceof SlipstreamContext) return context;
    if (typeof (context as OtelContext).getValue !== 'function') return ROOT;
    const span = spanOrNothing(readValue(context as OtelContext, SPAN_KEY));
    return new SlipstreamContext(span, valuesOfContext(context as OtelContext, span !== undefined));
  } catch {
    // Its own code threw.
    return ROOT;
  }
}

/** The active context as OpenTelemetry asks for it. An observation that is active shows as a span. */
export function activeContext(): SlipstreamContext {
  return contextOf(processState.storage.getStore());
}

export function contextOf(active: ActiveContext | undefined): SlipstreamContext {
  if (active === undefined) return ROOT;
  if (active instanceof SlipstreamContext) return active;
  return contextAt(active, active.surrounding as ContextValues | undefined);
}

/** A context whose span stands for a place. */
export function contextAt(active: ActiveContext, values: ContextValues | undefined): SlipstreamContext {
  if (active === TOP) return new SlipstreamContext(undefined, values);
  if (active.local !== undefined) return new SlipstreamContext(spanOf(active.local), values);
  const isOther = typeof (active as Partial<OtelContext>).getValue === 'function';
  return isOther ? adopt(active) : new SlipstreamContext(remoteSpan(active), values);
}

/** What stands above that which begins in `active`; {@link TOP} for nothing. */
export function placeIn(active: ActiveContext | undefined): ActiveContext {
  if (active === undefined) return TOP;
  return active instanceof SlipstreamContext ? active.place : active;
}

/** Whatever can be called. */
export type Callable = (this: unknown, ...args: never[]) => unknown;

/** Runs `fn` with a context active. */
export function runIn(context: SlipstreamContext, fn: Callable, self: unknown, args: readonly unknown[]): unknown {
  return processState.storage.run(storeOf(context), Reflect.apply, fn, self, args);
}

/** Makes a context active from here on, and gives back what was before. */
export function enter(context: unknown): ActiveContext | undefined {
  const before = processState.storage.getStore();
  processState.storage.enterWith(storeOf(adopt(context)));
  return before;
}

/** Undoes {@link enter}. */
export function leave(before: ActiveContext | undefined): void {
  processState.storage.enterWith(before as ActiveContext);
}

/** Without span and values it is as if nothing were active: what begins then has no parent. */
function storeOf(context: SlipstreamContext): ActiveContext {
  const isEmpty = context.span === undefined && context.values === undefined;
  return (isEmpty ? undefined : context) as ActiveContext;
}

/** An OpenTelemetry span of ours that was made active as an observation is itself. */
function spanOf(observation: ObservationHandle): OtelSpan {
  const span = observation as Partial<OtelSpan>;
  return typeof span.spanContext === 'function' ? (span as OtelSpan) : new ObservationSpan(observation);
}

/** The span of another process, which called this one. */
function remoteSpan(parent: ActiveContext): OtelSpan {
  const context = { ...spanContextOf(parent), isRemote: true };
  return new UnrecordedSpan({ ...parent, isRemote: true, context } as RemotePlace);
}

/** What is no span is kept out, so that nobody after us meets it. */
function spanOrNothing(value: unknown): OtelSpan | undefined {
  try {
    return typeof (value as OtelSpan | undefined)?.spanContext === 'function' ? (value as OtelSpan) : undefined;
  } catch {
    return undefined;
  }
}
