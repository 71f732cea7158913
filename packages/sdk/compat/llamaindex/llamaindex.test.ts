import { wrapLLMEvent } from '@llamaindex/core/decorator';
import { CallbackManager, Settings } from '@llamaindex/core/global';
import { type ChatMessage, ToolCallLLM } from '@llamaindex/core/llms';
import { RetrieverQueryEngine } from '@llamaindex/core/query-engine';
import { getResponseSynthesizer } from '@llamaindex/core/response-synthesizers';
import { BaseRetriever } from '@llamaindex/core/retriever';
import { TextNode } from '@llamaindex/core/schema';
import { FunctionTool } from '@llamaindex/core/tools';
import { type Client, observe } from '@slipstream/sdk';
import { observeLlamaIndex } from '@slipstream/sdk/llamaindex';
import type { Observation } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRecordedClient, type RecordedClient, treeOf } from '../langchain/recorded-client.js';

const usage = {
  prompt_tokens: 100,
  completion_tokens: 50,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 60 },
  completion_tokens_details: { reasoning_tokens: 20 },
};
const raw = { model: 'gpt-4o-2024-08-06', usage };

type Chat = (params: { messages: ChatMessage[]; stream?: boolean }) => Promise<object>;

/** As the classes for providers are: their events come from the decorator, their raw answers from the provider. */
class ScriptedLlm extends ToolCallLLM {
  override supportToolCall = true;
  override metadata = {
    model: 'gpt-4o',
    temperature: 0,
    topP: 1,
    contextWindow: 4096,
    tokenizer: undefined,
    structuredOutput: false,
  };

  override chat: ToolCallLLM['chat'];

  constructor(answer: object | Error = { role: 'assistant', content: 'Sunny' }) {
    super();
    const chat: Chat = async ({ stream }) => {
      if (answer instanceof Error) throw answer;
      return stream === true ? chunks() : { message: answer, raw };
    };
    this.chat = wrapLLMEvent(chat as never, {} as never) as never;
  }
}

async function* chunks(): AsyncGenerator<object> {
  yield { delta: 'Sun', raw: {} };
  yield { delta: 'ny', raw };
}

class ScriptedRetriever extends BaseRetriever {
  // The base's is protected.
  // biome-ignore lint/complexity/noUselessConstructor: see above.
  constructor() {
    super();
  }

  async _retrieve() {
    return [{ node: new TextNode({ text: 'It is sunny.', metadata: { source: 'a.txt' } }), score: 0.5 }];
  }
}

const json = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
const messages: ChatMessage[] = [{ role: 'user', content: 'Weather?' }];

let recorded: RecordedClient;
let stop: () => void;

beforeEach(async () => {
  recorded = await createRecordedClient();
  Settings.callbackManager = new CallbackManager();
  stop = observeLlamaIndex(Settings, { client: recorded.client });
});
afterEach(async () => {
  stop();
  await recorded.close();
});

async function theOne(name: string): Promise<Observation> {
  const found = (await recorded.observations()).filter((observation) => observation.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('LlamaIndex', () => {
  test('a call of a model has prompt, answer, the model that served it, and each token once', async () => {
    await new ScriptedLlm().chat({ messages });
    const call = await theOne('llm');
    expect(call).toMatchObject({ type: 'generation', model: 'gpt-4o-2024-08-06' });
    expect(json(call.input)).toEqual(messages);
    expect(json(call.output)).toEqual({ role: 'assistant', content: 'Sunny' });
    expect(Object.fromEntries(call.usageDetails)).toEqual({
      input: 40,
      input_cached_tokens: 60,
      output: 30,
      output_reasoning_tokens: 20,
      total: 150,
    });
  });

  test('a stream has the time of its first token, the whole answer, and the usage of its last chunk', async () => {
    const stream = await new ScriptedLlm().chat({ messages, stream: true });
    let text = '';
    for await (const { delta } of stream) text += delta;
    expect(text).toBe('Sunny');
    await expect.poll(() => recorded.client.stats().open).toBe(0);
    const call = await theOne('llm');
    expect(json(call.output)).toMatchObject({ role: 'assistant', content: 'Sunny' });
    expect(call.completionStartTimeUnixNano).toBeGreaterThanOrEqual(call.startTimeUnixNano);
    expect(call.usageDetails.get('total')).toBe(150);
  });

  test('a query is a tree: what it retrieves, how it answers, and the calls for that', async () => {
    const llm = new ScriptedLlm();
    Settings.llm = llm;
    const engine = new RetrieverQueryEngine(new ScriptedRetriever(), getResponseSynthesizer('compact', { llm }));
    const { client } = recorded;
    const route = observe(() => engine.query({ query: 'Weather?' }), { name: 'route', client });
    expect((await route()).toString()).toBe('Sunny');
    expect(treeOf(await recorded.observations())).toEqual([
      'span route',
      '  chain query',
      '    retriever retrieve',
      '    chain synthesize',
      '    generation llm',
    ]);
    expect(await theOne('query')).toMatchObject({ input: 'Weather?', output: 'Sunny' });
    const { input, output } = await theOne('retrieve');
    const node = { id: expect.any(String), text: 'It is sunny.', score: 0.5, metadata: { source: 'a.txt' } };
    expect([input, json(output)]).toEqual(['Weather?', [node]]);
  });

  test('queries at the same time stay apart', async () => {
    const llm = new ScriptedLlm();
    const engine = () => new RetrieverQueryEngine(new ScriptedRetriever(), getResponseSynthesizer('compact', { llm }));
    await Promise.all([engine().query({ query: 'one' }), engine().query({ query: 'two' })]);
    const observations = await recorded.observations();
    expect(observations).toHaveLength(8);
    for (const traceId of new Set(observations.map((observation) => observation.traceId))) {
      const tree = treeOf(observations.filter((observation) => observation.traceId === traceId));
      expect(tree).toEqual(['chain query', '  retriever retrieve', '  chain synthesize', '  generation llm']);
    }
  });

  test('a tool has its input and its output', async () => {
    const toolCall = [{ id: 'c1', name: 'weather', input: { city: 'Huế' } }];
    const llm = new ScriptedLlm({ role: 'assistant', content: '', options: { toolCall } });
    const parameters = { type: 'object' as const, properties: {}, required: [] };
    const weather = FunctionTool.from(() => 'sunny', { name: 'weather', description: 'Weather', parameters });
    await llm.exec({ messages, tools: [weather] });
    const tool = await theOne('weather');
    expect(tool).toMatchObject({ type: 'tool', output: 'sunny' });
    expect(json(tool.input)).toEqual({ city: 'Huế' });
  });

  test('without capture neither prompts nor answers are recorded', async () => {
    stop();
    stop = observeLlamaIndex(Settings, { client: recorded.client, captureInput: false, captureOutput: false });
    await new ScriptedLlm().chat({ messages });
    expect(await theOne('llm')).toMatchObject({ input: undefined, output: undefined });
  });

  test('nothing is recorded any more once it is stopped', async () => {
    stop();
    await new ScriptedLlm().chat({ messages });
    expect(recorded.client.stats().started).toBe(0);
  });

  test('results are the same with a client that is broken, and an error is the one that was thrown', async () => {
    const broken = new Proxy({}, { get: () => expect.fail('read') }) as Client;
    observeLlamaIndex(Settings, { client: broken });
    expect(await new ScriptedLlm().chat({ messages })).toMatchObject({ message: { content: 'Sunny' } });
    await expect(new ScriptedLlm(new TypeError('no')).chat({ messages })).rejects.toThrow(new TypeError('no'));
  });

  test('anything can be observed, and what is no LlamaIndex is left alone', () => {
    for (const target of [undefined, null, 1, 'x', Symbol('s'), {}, { on: 1 }, { callbackManager: { on: 'x' } }]) {
      expect(observeLlamaIndex(target)()).toBeUndefined();
    }
  });
});
