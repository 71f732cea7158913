export type {
  OtelAttributes,
  OtelContext,
  OtelHrTime,
  OtelLink,
  OtelSampler,
  OtelSamplingResult,
  OtelSpan,
  OtelSpanContext,
  OtelSpanOptions,
  OtelStatus,
  OtelTimeInput,
  OtelTraceState,
} from './api-types.js';
export { SlipstreamContextManager } from './context-manager.js';
export { SlipstreamPropagator } from './propagator.js';
export { SlipstreamTracerProvider, type TracerProviderOptions } from './provider.js';
export { type RegisterOptions, type Registration, register } from './register.js';
export type { SpanLimits } from './span-limits.js';
export { type ReadableSpanLike, SlipstreamSpanProcessor, type StartedSpanLike } from './span-processor.js';
export { SlipstreamTracer, type TracerSettings } from './tracer.js';
