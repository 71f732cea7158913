import { context, propagation, type TextMapPropagator, trace } from '@opentelemetry/api';
import { SlipstreamContextManager } from './context-manager.js';
import { SlipstreamPropagator } from './propagator.js';
import { isSlipstreamProvider, SlipstreamTracerProvider, type TracerProviderOptions } from './provider.js';
import { warnOnce } from './warnings.js';

/** How `register` sets OpenTelemetry up. */
export interface RegisterOptions extends TracerProviderOptions {
  /** @default W3C `traceparent`, `tracestate` and `baggage` */
  readonly propagator?: TextMapPropagator | undefined;
}

/** What came of `register`. */
export interface Registration {
  /** Whether OpenTelemetry's global API is ours now. */
  readonly isRegistered: boolean;
  /** For tracers and flushes; it works also where it is not the global one. */
  readonly provider: SlipstreamTracerProvider;
  /** Gives the global API back. Spans that were begun go on to their end. Safe to call twice. */
  unregister(): void;
}

/**
 * Makes Slipstream the process's OpenTelemetry: its tracer provider, context manager and W3C propagator become the
 * ones that `@opentelemetry/api` hands out. Call it once, at start, before libraries are instrumented. Where another
 * SDK was registered before, nothing is changed, and a warning says what to do.
 */
export function register(options: RegisterOptions = {}): Registration {
  const provider = new SlipstreamTracerProvider(options);
  if (setGlobals(provider, propagatorOf(options))) return registration(provider, true);
  const known = ourProvider();
  if (known === undefined) warnOfOther();
  return registration(known ?? provider, known !== undefined);
}

/** Providers that came with their propagator, which goes with them. */
const withPropagator = new WeakSet<SlipstreamTracerProvider>();

/** All or nothing: half of it would part observations from spans. */
function setGlobals(provider: SlipstreamTracerProvider, propagator: TextMapPropagator): boolean {
  if (!trace.setGlobalTracerProvider(provider)) return false;
  if (!context.setGlobalContextManager(new SlipstreamContextManager())) {
    trace.disable();
    return false;
  }
  // One that the application has set already is its own choice.
  if (propagation.setGlobalPropagator(propagator)) withPropagator.add(provider);
  return true;
}

function registration(provider: SlipstreamTracerProvider, isRegistered: boolean): Registration {
  return {
    isRegistered,
    provider,
    unregister: () => {
      if (ourProvider() !== provider) return;
      trace.disable();
      context.disable();
      if (withPropagator.has(provider)) propagation.disable();
    },
  };
}

/** Our provider, where it is the global one: a second call, or a second copy of the application's start-up. */
function ourProvider(): SlipstreamTracerProvider | undefined {
  const registered = trace.getTracerProvider() as { getDelegate?: () => unknown };
  const delegate = typeof registered.getDelegate === 'function' ? registered.getDelegate() : registered;
  return isSlipstreamProvider(delegate) ? delegate : undefined;
}

function propagatorOf(options: RegisterOptions): TextMapPropagator {
  try {
    const { propagator } = options;
    return typeof propagator?.inject === 'function' ? propagator : new SlipstreamPropagator();
  } catch {
    // Nothing that has such options.
    return new SlipstreamPropagator();
  }
}

function warnOfOther(): void {
  warnOnce(
    'SLIPSTREAM_OTEL_TAKEN',
    'Slipstream: another OpenTelemetry SDK, or another version of @opentelemetry/api, is registered in this process, ' +
      'so register() changed nothing. Either call register() before it and leave the other out, or keep it and give ' +
      'its provider a SlipstreamSpanProcessor (spanProcessors: [new SlipstreamSpanProcessor()]).',
  );
}
