import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { importPeer } from '../peer-module.js';
import { createLangfuseArm } from './arm.js';

interface LangfuseOpenAiModule {
  observeOpenAI<Client extends object>(client: Client): Client;
}

interface LangfuseLangChainModule {
  CallbackHandler: new () => object;
}

/** `observeOpenAI` of `@langfuse/openai`: a proxy around the client. */
export function createLangfuseOpenAiArm(peersUrl: string): Arm {
  const arm = createLangfuseArm(peersUrl, true);
  let dropIn: LangfuseOpenAiModule | undefined;
  return {
    ...arm,
    async load() {
      await arm.load();
      dropIn = await importPeer<LangfuseOpenAiModule>(peersUrl, 'langfuse-openai.mjs');
    },
    wrapClient(client) {
      if (dropIn === undefined) throw new ArmNotLoadedError('langfuse openai');
      return dropIn.observeOpenAI(client);
    },
  };
}

/** `CallbackHandler` of `@langfuse/langchain`. */
export function createLangfuseLangChainArm(peersUrl: string): Arm {
  const arm = createLangfuseArm(peersUrl, true);
  let dropIn: LangfuseLangChainModule | undefined;
  return {
    ...arm,
    async load() {
      await arm.load();
      dropIn = await importPeer<LangfuseLangChainModule>(peersUrl, 'langfuse-langchain.mjs');
    },
    callbacks() {
      if (dropIn === undefined) throw new ArmNotLoadedError('langfuse langchain');
      return [new dropIn.CallbackHandler()];
    },
  };
}
