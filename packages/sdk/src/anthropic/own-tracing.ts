import { type LooseObject, looseObject } from '../model-calls/loose-object.js';

/** Where `@opentelemetry/api` 1.x keeps what is registered for the process. */
const GLOBAL_API = Symbol.for('opentelemetry.js.api.1');

/**
 * Whether the client's calls make OpenTelemetry spans now. From 0.134 on the library asks for a tracer when a client
 * is made; without a provider it gets a stand-in, which passes on to the real one as soon as one is registered.
 */
export function tracesItself(client: object): boolean {
  try {
    const inside = client as LooseObject;
    const tracer = looseObject(inside._tracer);
    if (tracer === undefined) return false;
    if (typeof tracer._getTracer !== 'function') return !isStandIn(tracer) || hasProvider(inside);
    tracer._getTracer();
    return tracer._delegate !== undefined;
  } catch {
    // A provider that fails when it is asked makes no spans either.
    return false;
  }
}

/** By its name, for versions of the API that keep the real tracer where it cannot be asked for. */
function isStandIn(tracer: LooseObject): boolean {
  const { constructor: tracerClass } = tracer as { constructor?: { name?: unknown } };
  return /^(?:Proxy|Noop)/.test(String(tracerClass?.name));
}

/** Whether the stand-in of such a version has something to pass on to. */
function hasProvider(client: LooseObject): boolean {
  if (looseObject(client.openTelemetry)?.tracerProvider !== undefined) return true;
  return looseObject((globalThis as LooseObject)[GLOBAL_API])?.trace !== undefined;
}
