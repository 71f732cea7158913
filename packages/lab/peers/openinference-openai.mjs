// What an application imports to have its OpenAI client traced.
export { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
export { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
export { registerInstrumentations } from '@opentelemetry/instrumentation';
export { resourceFromAttributes } from '@opentelemetry/resources';
export { BatchSpanProcessor, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
export { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
