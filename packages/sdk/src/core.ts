/**
 * What the package's entry points share. Each of them imports from here and nowhere else inside the package, because
 * the build keeps this one module apart: a second copy would have classes of its own. Only `index.ts` is public.
 */
export { Client, type FlushResult, type TraceStart } from './client/client.js';
export { configure, createClient, getClient } from './client/configure.js';
export {
  clockMs,
  mergeFields,
  type Observation,
  type ObservationEnd,
  ObservationHandle,
  type ObservationStart,
} from './client/observation-handle.js';
export type { Recorder } from './client/recorder.js';
export type { ClientStats, ScoreStats } from './client/stats.js';
export { readSpanLimits } from './config.js';
export { type ActiveContext, processState } from './context/active-span.js';
export { IdSource, type TraceIdentity, traceIdToHex, wordToHex } from './context/ids.js';
export {
  formatTraceparent,
  type RemoteParent,
  readTraceContext,
  remoteParent,
  type SpanReference,
  type TraceCarrier,
} from './context/trace-context.js';
export { type ConfigErrorCode, SlipstreamConfigError } from './errors.js';
export type {
  MaskField,
  MaskFieldKind,
  MaskFunction,
  MaskPattern,
  MaskRuleName,
  MaskRules,
} from './mask/mask-rules.js';
export { describeError } from './observe/failure.js';
export { type AnyFunction, type MethodDecorator, type ObserveOptions, observe } from './observe/observe.js';
export type { ActiveFunction, ActiveOptions } from './observe/run-active.js';
export { startActive } from './observe/start-active.js';
export type { SlipstreamOptions } from './options.js';
export type {
  GenerationFields,
  ObservationFields,
  ObservationLevel,
  ObservationType,
  PromptReference,
  TraceFields,
} from './record/fields.js';
export {
  type ForeignAttributes,
  type ForeignAttributeValue,
  type ForeignEvent,
  type ForeignLink,
  type ForeignScope,
  type ForeignSpan,
  scopeLabel,
} from './record/foreign.js';
export { FLAG } from './record/format.js';
export type { ScoreDataType, ScoreFields, ScoreStart, ScoreTarget } from './record/score.js';
export type { DropReason } from './ring/layout.js';
export { warn } from './runtime.js';
export { SDK_VERSION } from './version.js';
