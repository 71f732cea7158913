import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { importPeer } from '../peer-module.js';

interface LangfuseModule {
  LangfuseSpanProcessor: new (options: {
    publicKey: string;
    secretKey: string;
    baseUrl: string;
  }) => { forceFlush(): Promise<void> };
  NodeSDK: new (options: {
    serviceName: string;
    spanProcessors: unknown[];
  }) => {
    start(): void;
    shutdown(): Promise<void>;
  };
  observe<Work>(
    work: Work,
    options: { name: string; asType: string; captureInput?: boolean; captureOutput?: boolean },
  ): Work;
}

/** `@langfuse/tracing` with `@langfuse/otel` in OpenTelemetry's `NodeSDK`, as Langfuse's quick start sets it up. */
export function createLangfuseArm(peersUrl: string, capture: boolean): Arm {
  let langfuse: LangfuseModule | undefined;
  let processor: { forceFlush(): Promise<void> } | undefined;
  let sdk: { shutdown(): Promise<void> } | undefined;
  const loaded = (): LangfuseModule => {
    if (langfuse === undefined) throw new ArmNotLoadedError('langfuse');
    return langfuse;
  };
  return {
    async load() {
      langfuse = await importPeer<LangfuseModule>(peersUrl, 'langfuse.mjs');
    },
    setUp(sinkUrl) {
      const { LangfuseSpanProcessor, NodeSDK } = loaded();
      const own = new LangfuseSpanProcessor({ publicKey: 'pk-lf-lab', secretKey: 'sk-lf-lab', baseUrl: sinkUrl });
      const started = new NodeSDK({ serviceName: 'lab', spanProcessors: [own] });
      started.start();
      processor = own;
      sdk = started;
    },
    wrap(name, work, kind) {
      const options = { name, asType: kind };
      return loaded().observe(work, capture ? options : { ...options, captureInput: false, captureOutput: false });
    },
    flush: async () => processor?.forceFlush(),
    tearDown: async () => sdk?.shutdown(),
  };
}
