import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { type OtelPipeline, type OtelPipelineModule, startOtelPipeline } from '../opentelemetry-pipeline.js';
import { importPeer } from '../peer-module.js';

type Trace = <Work>(work: Work, options: { name: string }) => Work;

interface OpenInferenceModule extends OtelPipelineModule {
  traceChain: Trace;
  traceLLM: Trace;
}

/** OpenInference's own wrappers on a provider of OpenTelemetry that batches, as Phoenix's `register` does by default. */
export function createOpenInferenceArm(peersUrl: string): Arm {
  let openinference: OpenInferenceModule | undefined;
  let pipeline: OtelPipeline | undefined;
  const loaded = (): OpenInferenceModule => {
    if (openinference === undefined) throw new ArmNotLoadedError('openinference');
    return openinference;
  };
  return {
    async load() {
      openinference = await importPeer<OpenInferenceModule>(peersUrl, 'openinference.mjs');
    },
    setUp(sinkUrl) {
      pipeline = startOtelPipeline(loaded(), sinkUrl, 'batch');
    },
    wrap(name, work, kind) {
      const { traceChain, traceLLM } = loaded();
      return kind === 'generation' ? traceLLM(work, { name }) : traceChain(work, { name });
    },
    flush: async () => pipeline?.forceFlush(),
    tearDown: async () => pipeline?.shutdown(),
  };
}
