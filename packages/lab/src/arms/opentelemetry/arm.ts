import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import {
  type OtelPipeline,
  type OtelPipelineModule,
  type OtelSending,
  startOtelPipeline,
} from '../opentelemetry-pipeline.js';
import { type OtelTracer, wrapInSpan } from '../opentelemetry-spans.js';
import { importPeer } from '../peer-module.js';

interface OtelModule extends OtelPipelineModule {
  trace: { getTracer(name: string): OtelTracer };
}

/** How OpenTelemetry is used. */
export interface OpenTelemetryChoice {
  readonly capture: boolean;
  readonly encoding: 'protobuf' | 'json';
  readonly sending: OtelSending;
}

const ENTRIES = { protobuf: 'opentelemetry.mjs', json: 'opentelemetry-json.mjs' } as const;

/** A span around each call by `startActiveSpan`, sent as OTLP over HTTP, all by OpenTelemetry's defaults. */
export function createOpenTelemetryArm(peersUrl: string, { capture, encoding, sending }: OpenTelemetryChoice): Arm {
  let otel: OtelModule | undefined;
  let pipeline: OtelPipeline | undefined;
  const loaded = (): OtelModule => {
    if (otel === undefined) throw new ArmNotLoadedError('opentelemetry');
    return otel;
  };
  return {
    async load() {
      otel = await importPeer<OtelModule>(peersUrl, ENTRIES[encoding]);
    },
    setUp(sinkUrl) {
      pipeline = startOtelPipeline(loaded(), sinkUrl, sending);
    },
    wrap: (name, work) => wrapInSpan(loaded().trace.getTracer('lab'), name, work, capture),
    flush: async () => pipeline?.forceFlush(),
    tearDown: async () => pipeline?.shutdown(),
  };
}
