import { ArmNotLoadedError } from '../../errors.js';
import { type Arm, isThenable } from '../contract.js';
import { importPeer, toAttributeText } from '../peer-module.js';

interface OtelSpan {
  setAttribute(key: string, value: string): void;
  recordException(error: Error): void;
  end(): void;
}

interface OtelTracer {
  startActiveSpan<Result>(name: string, work: (span: OtelSpan) => Result): Result;
}

interface OtelProvider {
  register(): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

interface OtelModule {
  trace: { getTracer(name: string): OtelTracer };
  OTLPTraceExporter: new (options: { url: string }) => unknown;
  BatchSpanProcessor: new (exporter: unknown) => unknown;
  NodeTracerProvider: new (options: { resource: unknown; spanProcessors: unknown[] }) => OtelProvider;
  resourceFromAttributes(attributes: Record<string, string>): unknown;
}

/** A span around each call by `startActiveSpan`, batched and sent as OTLP protobuf, all by OpenTelemetry's defaults. */
export function createOpenTelemetryArm(peersUrl: string, capture: boolean): Arm {
  let otel: OtelModule | undefined;
  let provider: OtelProvider | undefined;
  const loaded = (): OtelModule => {
    if (otel === undefined) throw new ArmNotLoadedError('opentelemetry');
    return otel;
  };
  return {
    async load() {
      otel = await importPeer<OtelModule>(peersUrl, 'opentelemetry.mjs');
    },
    setUp(sinkUrl) {
      const { OTLPTraceExporter, BatchSpanProcessor, NodeTracerProvider, resourceFromAttributes } = loaded();
      const exporter = new OTLPTraceExporter({ url: `${sinkUrl}/v1/traces` });
      provider = new NodeTracerProvider({
        resource: resourceFromAttributes({ 'service.name': 'lab' }),
        spanProcessors: [new BatchSpanProcessor(exporter)],
      });
      provider.register();
    },
    wrap: (name, work) => wrapInSpan(loaded().trace.getTracer('lab'), name, work, capture),
    flush: async () => provider?.forceFlush(),
    tearDown: async () => provider?.shutdown(),
  };
}

function wrapInSpan<Input, Output>(
  tracer: OtelTracer,
  name: string,
  work: (input: Input) => Output,
  capture: boolean,
): (input: Input) => Output {
  const finish = (span: OtelSpan, output: unknown): void => {
    if (capture) span.setAttribute('output.value', toAttributeText(output));
    span.end();
  };
  const fail = (span: OtelSpan, error: unknown): never => {
    span.recordException(error instanceof Error ? error : new Error(String(error)));
    span.end();
    throw error;
  };
  return (input) =>
    tracer.startActiveSpan(name, (span) => {
      if (capture) span.setAttribute('input.value', toAttributeText(input));
      try {
        const output = work(input);
        if (!isThenable(output)) {
          finish(span, output);
          return output;
        }
        return output.then(
          (value) => {
            finish(span, value);
            return value;
          },
          (error) => fail(span, error),
        ) as Output;
      } catch (error) {
        return fail(span, error);
      }
    });
}
