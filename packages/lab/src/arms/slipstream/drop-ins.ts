import { ArmNotLoadedError } from '../../errors.js';
import type { Arm } from '../contract.js';
import { createSlipstreamArm } from './arm.js';

type ObserveOpenAI = <Client extends object>(client: Client) => Client;

/** Slipstream's OpenAI entry: the client is observed in place. */
export function createSlipstreamOpenAiArm(): Arm {
  const arm = createSlipstreamArm();
  let observe: ObserveOpenAI | undefined;
  return {
    ...arm,
    async load() {
      await arm.load();
      observe = (await import('@slipstream/sdk/openai')).observeOpenAI;
    },
    wrapClient(client) {
      if (observe === undefined) throw new ArmNotLoadedError('slipstream openai');
      return observe(client);
    },
  };
}

/** Slipstream's LangChain entry: one handler for the process. */
export function createSlipstreamLangChainArm(): Arm {
  const arm = createSlipstreamArm();
  let createHandler: (() => unknown) | undefined;
  return {
    ...arm,
    async load() {
      await arm.load();
      const { CallbackHandler } = await import('@slipstream/sdk/langchain');
      createHandler = () => new CallbackHandler();
    },
    callbacks() {
      if (createHandler === undefined) throw new ArmNotLoadedError('slipstream langchain');
      return [createHandler()];
    },
  };
}
