import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { importPeer } from '../peer-module.js';

/** A function for `mask`; it gets the JSON text of an input, output or metadata. */
export type LangfuseMask = (what: { data: unknown }) => unknown;

/** What an arm of Langfuse sets beside keys and address; nothing is its default. */
export interface LangfuseSettings {
  readonly mask?: LangfuseMask;
  readonly exportMode?: 'immediate';
}

/** What sets Langfuse up on OpenTelemetry; each entry file of its arms has it. */
export interface LangfuseSetUpModule {
  LangfuseSpanProcessor: new (
    options: { publicKey: string; secretKey: string; baseUrl: string } & LangfuseSettings,
  ) => { forceFlush(): Promise<void> };
  NodeSDK: new (options: {
    serviceName: string;
    spanProcessors: unknown[];
  }) => {
    start(): void;
    shutdown(): Promise<void>;
  };
}

interface LangfuseModule extends LangfuseSetUpModule {
  observe<Work>(
    work: Work,
    options: { name: string; asType: string; captureInput?: boolean; captureOutput?: boolean },
  ): Work;
}

/** What a started Langfuse is flushed and ended by. */
export interface LangfuseLife {
  start(module: LangfuseSetUpModule, sinkUrl: string): void;
  flush(): Promise<void>;
  tearDown(): Promise<void>;
}

/** `@langfuse/otel`'s processor in OpenTelemetry's `NodeSDK`, as Langfuse's quick start sets it up. */
export function createLangfuseLife(settings: LangfuseSettings = {}): LangfuseLife {
  let processor: { forceFlush(): Promise<void> } | undefined;
  let sdk: { shutdown(): Promise<void> } | undefined;
  return {
    start({ LangfuseSpanProcessor, NodeSDK }, sinkUrl) {
      const keys = { publicKey: 'pk-lf-lab', secretKey: 'sk-lf-lab' };
      const own = new LangfuseSpanProcessor({ ...keys, baseUrl: sinkUrl, ...settings });
      const started = new NodeSDK({ serviceName: 'lab', spanProcessors: [own] });
      started.start();
      processor = own;
      sdk = started;
    },
    flush: async () => processor?.forceFlush(),
    tearDown: async () => sdk?.shutdown(),
  };
}

/** `observe` of `@langfuse/tracing` around each function. */
export function createLangfuseArm(peersUrl: string, capture: boolean, settings: LangfuseSettings = {}): Arm {
  const { start, flush, tearDown } = createLangfuseLife(settings);
  let langfuse: LangfuseModule | undefined;
  const loaded = (): LangfuseModule => {
    if (langfuse === undefined) throw new ArmNotLoadedError('langfuse');
    return langfuse;
  };
  return {
    async load() {
      langfuse = await importPeer<LangfuseModule>(peersUrl, 'langfuse.mjs');
    },
    setUp: (sinkUrl) => start(loaded(), sinkUrl),
    wrap(name, work, kind) {
      const options = { name, asType: kind };
      return loaded().observe(work, capture ? options : { ...options, captureInput: false, captureOutput: false });
    },
    flush,
    tearDown,
  };
}
