import { processState } from '../context/active-span.js';

interface OtelContext {
  setValue(key: symbol, value: unknown): OtelContext;
}

interface OtelContextManager {
  active(): OtelContext;
  with<T>(context: OtelContext, fn: () => T): T;
}

/** Where `@opentelemetry/api` 1 keeps what is registered with it, and the key by which its SDK suppresses tracing. */
const OTEL_API = Symbol.for('opentelemetry.js.api.1');
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/**
 * Runs work of ours on the application's thread: below none of its spans, and so that OpenTelemetry instrumentation
 * of its HTTP client leaves our own requests alone. They would be traced, which makes more of them.
 */
export function untraced<T>(fn: () => T): T {
  // The type wants a context; `undefined` is how one is left.
  return processState.storage.run(undefined as never, () => {
    const manager = otelContextManager();
    return manager === undefined ? fn() : manager.with(manager.active().setValue(SUPPRESS_TRACING, true), fn);
  });
}

function otelContextManager(): OtelContextManager | undefined {
  const api = (globalThis as { [OTEL_API]?: { readonly context?: OtelContextManager } })[OTEL_API];
  return api?.context;
}
