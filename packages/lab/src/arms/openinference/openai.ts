import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { type OtelPipeline, type OtelPipelineModule, startOtelPipeline } from '../opentelemetry-pipeline.js';
import { importPeer } from '../peer-module.js';

interface OpenAiInstrumentation {
  manuallyInstrument(openai: unknown): void;
}

interface OpenInferenceOpenAiModule extends OtelPipelineModule {
  OpenAIInstrumentation: new () => OpenAiInstrumentation;
  registerInstrumentations(options: { instrumentations: OpenAiInstrumentation[] }): unknown;
}

/**
 * OpenInference's instrumentation of the OpenAI package. It patches what is required; what is imported, as here, is
 * handed to it (`manuallyInstrument`, as its documentation says for ES modules). It wraps no functions.
 */
export function createOpenInferenceOpenAiArm(peersUrl: string): Arm {
  let openinference: OpenInferenceOpenAiModule | undefined;
  let instrumentation: OpenAiInstrumentation | undefined;
  let pipeline: OtelPipeline | undefined;
  return {
    async load() {
      openinference = await importPeer<OpenInferenceOpenAiModule>(peersUrl, 'openinference-openai.mjs');
    },
    setUp(sinkUrl) {
      if (openinference === undefined) throw new ArmNotLoadedError('openinference openai');
      pipeline = startOtelPipeline(openinference, sinkUrl, 'batch');
      instrumentation = new openinference.OpenAIInstrumentation();
      openinference.registerInstrumentations({ instrumentations: [instrumentation] });
    },
    instrument({ openai }) {
      if (instrumentation === undefined) throw new ArmNotLoadedError('openinference openai');
      instrumentation.manuallyInstrument(openai);
    },
    wrap: (_name, work) => work,
    flush: async () => pipeline?.forceFlush(),
    tearDown: async () => pipeline?.shutdown(),
  };
}
