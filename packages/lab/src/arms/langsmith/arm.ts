import { setEnvironment } from '../../config.js';
import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { importPeer } from '../peer-module.js';

interface LangSmithClient {
  awaitPendingTraceBatches(): Promise<void>;
}

interface LangSmithModule {
  Client: new () => LangSmithClient;
  traceable<Work>(work: Work, options: { name: string; client: LangSmithClient }): Work;
}

/** LangSmith's `traceable`, configured by its environment variables. */
export function createLangSmithArm(peersUrl: string): Arm {
  let langsmith: LangSmithModule | undefined;
  let client: LangSmithClient | undefined;
  return {
    async load() {
      langsmith = await importPeer<LangSmithModule>(peersUrl, 'langsmith.mjs');
    },
    setUp(sinkUrl) {
      if (langsmith === undefined) throw new ArmNotLoadedError('langsmith');
      setEnvironment({
        LANGSMITH_TRACING: 'true',
        LANGSMITH_ENDPOINT: `${sinkUrl}/langsmith`,
        LANGSMITH_API_KEY: 'lsv2_lab',
      });
      client = new langsmith.Client();
    },
    wrap(name, work) {
      if (langsmith === undefined || client === undefined) throw new ArmNotLoadedError('langsmith');
      return langsmith.traceable(work, { name, client });
    },
    flush: async () => client?.awaitPendingTraceBatches(),
    tearDown: () => Promise.resolve(),
  };
}
