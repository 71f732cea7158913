import { setEnvironment } from '../../config.js';
import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { importPeer } from '../peer-module.js';

interface LangSmithClient {
  awaitPendingTraceBatches(): Promise<void>;
}

interface LangSmithModule {
  Client: new () => LangSmithClient;
}

interface LangChainTracerModule {
  LangChainTracer: new (options: { client: LangSmithClient }) => object;
}

/** The tracer that LangChain itself has for LangSmith. Functions are not traced. */
export function createLangSmithLangChainArm(peersUrl: string): Arm {
  let langsmith: LangSmithModule | undefined;
  let langchain: LangChainTracerModule | undefined;
  let client: LangSmithClient | undefined;
  return {
    async load() {
      langsmith = await importPeer<LangSmithModule>(peersUrl, 'langsmith.mjs');
      langchain = await importPeer<LangChainTracerModule>(peersUrl, 'langsmith-langchain.mjs');
    },
    setUp(sinkUrl) {
      if (langsmith === undefined) throw new ArmNotLoadedError('langsmith langchain');
      setEnvironment({
        LANGSMITH_TRACING: 'true',
        LANGSMITH_ENDPOINT: `${sinkUrl}/langsmith`,
        LANGSMITH_API_KEY: 'lsv2_lab',
      });
      client = new langsmith.Client();
    },
    wrap: (_name, work) => work,
    callbacks() {
      if (langchain === undefined || client === undefined) throw new ArmNotLoadedError('langsmith langchain');
      return [new langchain.LangChainTracer({ client })];
    },
    flush: async () => client?.awaitPendingTraceBatches(),
    tearDown: () => Promise.resolve(),
  };
}
