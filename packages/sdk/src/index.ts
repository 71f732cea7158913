export type { Client, FlushResult, TraceStart } from './client/client.js';
export { configure, createClient, getClient } from './client/configure.js';
export type { Observation, ObservationStart } from './client/observation-handle.js';
export type { ClientStats } from './client/stats.js';
export type { TraceCarrier } from './context/trace-context.js';
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
export type { DropReason } from './ring/layout.js';
