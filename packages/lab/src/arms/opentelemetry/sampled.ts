import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import type { OtelPipeline } from '../opentelemetry-pipeline.js';
import { type OtelTracer, wrapInSpan } from '../opentelemetry-spans.js';
import { importPeer } from '../peer-module.js';

interface OtelModule {
  trace: { getTracer(name: string): OtelTracer };
  OTLPTraceExporter: new (options: { url: string }) => unknown;
  BatchSpanProcessor: new (exporter: unknown) => unknown;
  ParentBasedSampler: new (options: { root: unknown }) => unknown;
  TraceIdRatioBasedSampler: new (ratio: number) => unknown;
  NodeTracerProvider: new (options: {
    resource: unknown;
    sampler: unknown;
    spanProcessors: unknown[];
  }) => OtelPipeline & { register(): void };
  resourceFromAttributes(attributes: Record<string, string>): unknown;
}

/**
 * OpenTelemetry's batch with a share of the traces kept, by their ids. What a span that is not kept would say is not
 * asked for, as its guide advises (`isRecording`).
 */
export function createOpenTelemetrySampledArm(peersUrl: string, ratio: number): Arm {
  let otel: OtelModule | undefined;
  let provider: OtelPipeline | undefined;
  let keptSpans = 0;
  const loaded = (): OtelModule => {
    if (otel === undefined) throw new ArmNotLoadedError('opentelemetry sampled');
    return otel;
  };
  return {
    async load() {
      otel = await importPeer<OtelModule>(peersUrl, 'opentelemetry-sampled.mjs');
    },
    setUp(sinkUrl) {
      const { OTLPTraceExporter, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } = loaded();
      const exporter = new OTLPTraceExporter({ url: `${sinkUrl}/v1/traces` });
      const started = new (loaded().NodeTracerProvider)({
        resource: loaded().resourceFromAttributes({ 'service.name': 'lab' }),
        sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
        spanProcessors: [countingProcessor(() => void keptSpans++), new BatchSpanProcessor(exporter)],
      });
      started.register();
      provider = started;
    },
    wrap: (name, work) => wrapInSpan(loaded().trace.getTracer('lab'), name, work, 'while-recording'),
    keptSpans: () => keptSpans,
    flush: async () => provider?.forceFlush(),
    tearDown: async () => provider?.shutdown(),
  };
}

/** Only spans that are kept come to a processor. */
function countingProcessor(count: () => void): object {
  return { onStart: count, onEnd: () => undefined, forceFlush: async () => undefined, shutdown: async () => undefined };
}
