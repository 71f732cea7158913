/** What sends the spans that OpenTelemetry's API makes. */
export interface OtelPipeline {
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

interface OtelProvider extends OtelPipeline {
  register(): void;
}

/** What an entry module of the peers exports for it. Which exporter it has decides between protobuf and JSON. */
export interface OtelPipelineModule {
  OTLPTraceExporter: new (options: { url: string }) => unknown;
  BatchSpanProcessor: new (exporter: unknown) => unknown;
  SimpleSpanProcessor: new (exporter: unknown) => unknown;
  NodeTracerProvider: new (options: { resource: unknown; spanProcessors: unknown[] }) => OtelProvider;
  resourceFromAttributes(attributes: Record<string, string>): unknown;
}

/** `batch`: up to 512 spans or 5 s together. `simple`: each span in a request of its own, when it ends. */
export type OtelSending = 'batch' | 'simple';

/** Registers a provider that sends to the sink, all by OpenTelemetry's defaults. */
export function startOtelPipeline(otel: OtelPipelineModule, sinkUrl: string, sending: OtelSending): OtelPipeline {
  const { OTLPTraceExporter, BatchSpanProcessor, SimpleSpanProcessor, NodeTracerProvider } = otel;
  const exporter = new OTLPTraceExporter({ url: `${sinkUrl}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: otel.resourceFromAttributes({ 'service.name': 'lab' }),
    spanProcessors: [sending === 'batch' ? new BatchSpanProcessor(exporter) : new SimpleSpanProcessor(exporter)],
  });
  provider.register();
  return provider;
}
