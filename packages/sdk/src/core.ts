/**
 * What the package's entry points share. Each of them imports from here and nowhere else inside the package, because
 * the build keeps this one module apart: a second copy would have classes of its own. Only `index.ts` is public.
 */
export { Client, type FlushResult, type TraceStart } from './client/client.js';
export { configure, createClient, getClient } from './client/configure.js';
export {
  clockMs,
  type Observation,
  type ObservationEnd,
  ObservationHandle,
  type ObservationStart,
} from './client/observation-handle.js';
export type { Recorder } from './client/recorder.js';
export type { ClientStats } from './client/stats.js';
export { type ActiveContext, processState } from './context/active-span.js';
export { type TraceIdentity, traceIdToHex, wordToHex } from './context/ids.js';
export {
  formatTraceparent,
  type RemoteParent,
  readTraceContext,
  remoteParent,
  type SpanReference,
  type TraceCarrier,
} from './context/trace-context.js';
export { type ConfigErrorCode, SlipstreamConfigError } from './errors.js';
export { type AnyFunction, type MethodDecorator, type ObserveOptions, observe } from './observe/observe.js';
export type { SlipstreamOptions } from './options.js';
export type {
  GenerationFields,
  ObservationFields,
  ObservationLevel,
  ObservationType,
  PromptReference,
  TraceFields,
} from './record/fields.js';
export type {
  ForeignAttributes,
  ForeignAttributeValue,
  ForeignEvent,
  ForeignLink,
  ForeignSpan,
} from './record/foreign.js';
export type { DropReason } from './ring/layout.js';
export { SDK_VERSION } from './version.js';
