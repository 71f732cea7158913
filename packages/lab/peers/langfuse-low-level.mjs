// By hand: the same set-up, and spans that are begun and ended by the application.
export { LangfuseSpanProcessor } from '@langfuse/otel';
export { startObservation } from '@langfuse/tracing';
export { NodeSDK } from '@opentelemetry/sdk-node';
