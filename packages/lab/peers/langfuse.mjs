// What an application imports, by the library's own quick start.
export { LangfuseSpanProcessor } from '@langfuse/otel';
export { observe } from '@langfuse/tracing';
export { NodeSDK } from '@opentelemetry/sdk-node';
