import {
  type Context,
  createTraceState,
  isSpanContextValid,
  propagation,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { formatBaggage, readBaggage } from './baggage-header.js';

const TRACEPARENT_HEADER = 'traceparent';
const TRACESTATE_HEADER = 'tracestate';
const BAGGAGE_HEADER = 'baggage';

const TRACEPARENT = /^\s?((?!ff)[0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?\s?$/;
const MAX_TRACEPARENT_LENGTH = 512;

const SUPPRESSION_KEY = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** W3C `traceparent`, `tracestate` and `baggage`, in and out. Nothing of it throws. */
export class SlipstreamPropagator implements TextMapPropagator {
  /** Writes the headers for a request that is made in `context`; none in a suppressed one. */
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    try {
      if (context.getValue(SUPPRESSION_KEY) === true) return;
      injectTrace(context, carrier, setter);
      const baggage = propagation.getBaggage(context);
      const header = baggage === undefined ? '' : formatBaggage(baggage);
      if (header !== '') setter.set(carrier, BAGGAGE_HEADER, header);
    } catch {
      // The carrier, its setter, or a context of the application's own.
    }
  }

  /** A context in which the caller's span and baggage stand, as far as its headers are valid. */
  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    try {
      const parent = readTrace(carrier, getter);
      const baggage = readBaggage(getter.get(carrier, BAGGAGE_HEADER));
      const withTrace = parent === undefined ? context : trace.setSpanContext(context, parent);
      return baggage === undefined ? withTrace : propagation.setBaggage(withTrace, baggage);
    } catch {
      // As above.
      return context;
    }
  }

  /** The headers' names. */
  fields(): string[] {
    return [TRACEPARENT_HEADER, TRACESTATE_HEADER, BAGGAGE_HEADER];
  }
}

function injectTrace(context: Context, carrier: unknown, setter: TextMapSetter): void {
  const span = trace.getSpanContext(context);
  if (span === undefined || !isSpanContextValid(span)) return;
  const flags = ((span.traceFlags ?? 0) & 0xff).toString(16).padStart(2, '0');
  setter.set(carrier, TRACEPARENT_HEADER, `00-${span.traceId}-${span.spanId}-${flags}`);
  const state = span.traceState?.serialize();
  if (state) setter.set(carrier, TRACESTATE_HEADER, state);
}

function readTrace(carrier: unknown, getter: TextMapGetter): SpanContext | undefined {
  const header = firstOf(getter.get(carrier, TRACEPARENT_HEADER));
  if (typeof header !== 'string' || header.length > MAX_TRACEPARENT_LENGTH) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(header) ?? [];
  // Version 00 has exactly four fields; later ones may have more.
  if (version === undefined || (version === '00' && rest !== undefined)) return undefined;
  const context: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  if (!isSpanContextValid(context)) return undefined;
  const state = getter.get(carrier, TRACESTATE_HEADER);
  const text = Array.isArray(state) ? state.join(',') : state;
  if (typeof text === 'string' && text !== '') context.traceState = createTraceState(text);
  return context;
}

function firstOf(header: unknown): unknown {
  return Array.isArray(header) ? header[0] : header;
}
