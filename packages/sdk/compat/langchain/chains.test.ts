import { AIMessage, type BaseMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnableLambda, RunnableMap } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { FakeLLM, FakeRetriever } from '@langchain/core/utils/testing';
import { observe } from '@slipstream/sdk';
import { CallbackHandler } from '@slipstream/sdk/langchain';
import type { Observation } from '@slipstream/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createRecordedClient, type RecordedClient, treeOf } from './recorded-client.js';
import { ScriptedModel } from './scripted-model.js';

let recorded: RecordedClient;
let handler: CallbackHandler;

beforeEach(async () => {
  recorded = await createRecordedClient();
  handler = new CallbackHandler({ client: recorded.client });
});
afterEach(() => recorded.close());

const usage = {
  input_tokens: 100,
  output_tokens: 50,
  total_tokens: 150,
  input_token_details: { cache_read: 60, cache_creation: 10, priority_cache_read: 60 },
  output_token_details: { reasoning: 20 },
};
const responseMetadata = { model_name: 'gpt-4o-2024-08-06', finish_reason: 'stop', usage: { cost: 0.25 } };

async function theOne(name: string): Promise<Observation> {
  const found = (await recorded.observations()).filter((observation) => observation.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
}

const json = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));

describe('a chain', () => {
  const prompt = ChatPromptTemplate.fromMessages([
    ['system', 'Be {how}'],
    ['human', '{question}'],
  ]);
  const chain = () =>
    prompt
      .pipe(new ScriptedModel({ content: 'Hello you', usage, responseMetadata }))
      .pipe(RunnableLambda.from((message: BaseMessage) => message.content).withConfig({ runName: 'text' }));

  test('is recorded as the tree of its runs, under the names it was given', async () => {
    await chain().invoke({ how: 'brief', question: 'Hi' }, { callbacks: [handler], runName: 'answer' });
    expect(treeOf(await recorded.observations())).toEqual([
      'chain answer',
      '  chain ChatPromptTemplate',
      '  generation ScriptedModel',
      '  chain text',
    ]);
    expect(recorded.client.stats()).toMatchObject({ started: 4, open: 0, delivered: 4 });
  });

  test('has its values as input and output, messages as role and content', async () => {
    await chain().invoke({ how: 'brief', question: 'Hi' }, { callbacks: [handler], runName: 'answer' });
    const root = await theOne('answer');
    expect(json(root.input)).toEqual({ how: 'brief', question: 'Hi' });
    expect(json(root.output)).toEqual({ output: 'Hello you' });
    const filled = await theOne('ChatPromptTemplate');
    expect(json(filled.output)).toEqual([
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'Hi' },
    ]);
    expect(json((await theOne('text')).input)).toEqual({ role: 'assistant', content: 'Hello you' });
  });

  test('that streams has the input that came with its end', async () => {
    const texts: unknown[] = [];
    const stream = await chain().stream({ how: 'brief', question: 'Hi' }, { callbacks: [handler], runName: 'answer' });
    for await (const text of stream) texts.push(text);
    expect(texts).toEqual(['Hello you']);
    expect(json((await theOne('answer')).input)).toEqual({ how: 'brief', question: 'Hi' });
    expect(json((await theOne('text')).input)).toEqual({ role: 'assistant', content: 'Hello you' });
    const generation = await theOne('ScriptedModel');
    const { startTimeUnixNano, completionStartTimeUnixNano, endTimeUnixNano } = generation;
    expect(completionStartTimeUnixNano).toBeGreaterThanOrEqual(startTimeUnixNano);
    expect(completionStartTimeUnixNano).toBeLessThanOrEqual(endTimeUnixNano! + 1_000_000n);
    expect(json(generation.output)).toEqual({ role: 'assistant', content: 'Hello you' });
  });

  test('that fails is an error at each level, and throws what it threw', async () => {
    const failing = RunnableLambda.from(() => {
      throw new TypeError('no such word');
    }).withConfig({ runName: 'look up' });
    const error = /no such word/;
    await expect(prompt.pipe(failing).invoke({ how: '', question: '' }, { callbacks: [handler] })).rejects.toThrow(
      error,
    );
    const observations = await recorded.observations();
    expect(observations.map(({ name, level, statusMessage }) => [name, level, statusMessage])).toEqual([
      ['RunnableSequence', 'ERROR', 'TypeError: no such word'],
      ['ChatPromptTemplate', 'DEFAULT', undefined],
      ['look up', 'ERROR', 'TypeError: no such word'],
    ]);
  });

  test('runs below the observation that is active when it begins', async () => {
    const { client } = recorded;
    const route = observe(() => chain().invoke({ how: '', question: '' }, { callbacks: [handler] }), {
      name: 'route',
      client,
    });
    await route();
    expect(treeOf(await recorded.observations()).slice(0, 3)).toEqual([
      'span route',
      '  chain RunnableSequence',
      '    chain ChatPromptTemplate',
    ]);
  });

  test('that runs in parallel and in batches keeps each run where it belongs', async () => {
    const step = (name: string) =>
      RunnableLambda.from(async (value: number) => value + 1).withConfig({ runName: name });
    const map = RunnableMap.from({ left: step('left'), right: step('right') }).withConfig({ runName: 'both' });
    expect(await map.batch([1, 2], { callbacks: [handler] })).toEqual([
      { left: 2, right: 2 },
      { left: 3, right: 3 },
    ]);
    const observations = await recorded.observations();
    const roots = observations.filter(({ name }) => name === 'both');
    expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(2);
    for (const { traceId } of roots) {
      const tree = treeOf(observations.filter((observation) => observation.traceId === traceId));
      expect(tree).toEqual(['chain both', '  chain left', '  chain right']);
    }
  });
});

describe('a call of a model', () => {
  const messages = [
    new SystemMessage('Be brief'),
    new HumanMessage('Weather?'),
    new AIMessage({ content: '', tool_calls: [{ id: 'c1', name: 'get_weather', args: { city: 'Huế' } }] }),
  ];

  test('has model, parameters, usage with each token once, reported cost and messages', async () => {
    await new ScriptedModel({ content: 'Sunny', usage, responseMetadata }).invoke(messages, { callbacks: [handler] });
    const generation = await theOne('ScriptedModel');
    expect(generation).toMatchObject({ type: 'generation', model: 'gpt-4o-2024-08-06', level: 'DEFAULT' });
    expect(json(generation.modelParameters)).toEqual({ temperature: 0.5, max_tokens: 100, tools: ['get_weather'] });
    expect(Object.fromEntries(generation.usageDetails)).toEqual({
      input: 30,
      input_cached_tokens: 60,
      input_cache_creation: 10,
      output: 30,
      output_reasoning_tokens: 20,
      total: 150,
    });
    expect(Object.fromEntries(generation.costDetails)).toEqual({ total: 0.25 });
    const call = { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: { city: 'Huế' } } };
    expect(json(generation.input)).toEqual([
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: '', tool_calls: [call] },
    ]);
    expect(json(generation.output)).toEqual({ role: 'assistant', content: 'Sunny' });
    expect(generation.metadata.get('finish_reason')).toBe('stop');
  });

  test('takes usage from llmOutput where the message has none, and the model that was asked for', async () => {
    const tokenUsage = { promptTokens: 7, completionTokens: 3, totalTokens: 10 };
    await new ScriptedModel({ content: 'Sunny', tokenUsage }).invoke('Hi', { callbacks: [handler] });
    const generation = await theOne('ScriptedModel');
    expect(generation.model).toBe('gpt-4o');
    expect(Object.fromEntries(generation.usageDetails)).toEqual({ input: 7, output: 3, total: 10 });
  });

  test('has the tool calls of its answer', async () => {
    const toolCalls = [{ id: 'c2', name: 'get_time', args: { zone: 'CET' } }];
    await new ScriptedModel({ content: '', toolCalls }).invoke('Hi', { callbacks: [handler] });
    expect(json((await theOne('ScriptedModel')).output)).toEqual({
      role: 'assistant',
      content: '',
      tool_calls: [{ id: 'c2', type: 'function', function: { name: 'get_time', arguments: { zone: 'CET' } } }],
    });
  });

  test('that fails half-way through its stream is an error with the time of its first token', async () => {
    const model = new ScriptedModel({ content: 'Hello you', error: new Error('connection lost') });
    const consume = async (): Promise<void> => {
      for await (const _ of await model.stream('Hi', { callbacks: [handler] }));
    };
    await expect(consume()).rejects.toThrow('connection lost');
    const generation = await theOne('ScriptedModel');
    expect(generation).toMatchObject({ level: 'ERROR', statusMessage: 'Error: connection lost' });
    expect(generation.completionStartTimeUnixNano).toBeDefined();
  });

  test('of text has its prompt and its text', async () => {
    await new FakeLLM({ response: 'forty-two' }).invoke('What is six times seven?', { callbacks: [handler] });
    expect(await theOne('FakeLLM')).toMatchObject({
      type: 'generation',
      input: 'What is six times seven?',
      output: 'forty-two',
    });
  });

  test('out of a cache has no usage', async () => {
    const model = new ScriptedModel({ content: 'Sunny', usage });
    model.cache = {
      lookup: async () => [{ text: 'old', message: new AIMessage('old') }],
      update: async () => {},
    } as never;
    await model.invoke('Hi', { callbacks: [handler] });
    const generation = await theOne('ScriptedModel');
    expect(json(generation.output)).toEqual({ role: 'assistant', content: 'old' });
    expect(generation.usageDetails.size).toBe(0);
  });
});

describe('a tool and a retriever', () => {
  const schema = z.object({ city: z.string() });

  test('are recorded as what they are', async () => {
    const weather = tool(async ({ city }) => `sunny in ${city}`, { name: 'get_weather', schema });
    await weather.invoke({ city: 'Huế' }, { callbacks: [handler] });
    await new FakeRetriever().invoke('weather', { callbacks: [handler] });
    const called = await theOne('get_weather');
    expect(called).toMatchObject({ type: 'tool', output: 'sunny in Huế' });
    expect(json(called.input)).toEqual({ city: 'Huế' });
    const retrieved = await theOne('FakeRetriever');
    expect(retrieved).toMatchObject({ type: 'retriever', input: 'weather' });
    expect(json(retrieved.output)).toEqual([
      { pageContent: 'foo', metadata: {} },
      { pageContent: 'bar', metadata: {} },
    ]);
  });

  test('that fails is an error, and throws what it threw', async () => {
    const broken = tool(async () => Promise.reject(new RangeError('too far')), { name: 'get_weather', schema });
    await expect(broken.invoke({ city: 'Huế' }, { callbacks: [handler] })).rejects.toThrow('too far');
    expect(await theOne('get_weather')).toMatchObject({ level: 'ERROR', statusMessage: 'RangeError: too far' });
  });
});

describe('labels', () => {
  const step = RunnableLambda.from(async (value: string) => value);
  const chain = step.pipe(step);

  test("of a run's configuration become the trace's, and stand on the run that was given them", async () => {
    const metadata = { userId: 'u-1', sessionId: 's-1', lesson: 'animals' };
    await chain.invoke('a', { callbacks: [handler], tags: ['demo'], metadata, runName: 'root' });
    const observations = await recorded.observations();
    for (const observation of observations) {
      expect(observation).toMatchObject({ userId: 'u-1', sessionId: 's-1', tags: ['demo'] });
    }
    const [root, ...below] = observations.map((observation) => Object.fromEntries(observation.metadata));
    expect(root).toEqual({ lesson: 'animals', tags: '["demo"]' });
    expect(below).toEqual([{}, {}]);
  });

  test('may have the names that Langfuse has for them', async () => {
    const metadata = { langfuseUserId: 'u-2', langfuseSessionId: 's-2', langfuseTags: ['x'] };
    await step.invoke('a', { callbacks: [handler], metadata });
    expect((await recorded.observations())[0]).toMatchObject({ userId: 'u-2', sessionId: 's-2', tags: ['x'] });
  });

  test('of the handler apply to each trace, and give way to those of a run', async () => {
    const { client } = recorded;
    const own = new CallbackHandler({ client, userId: 'u-0', tags: ['all'], metadata: { app: 'robot' } });
    await step.invoke('a', { callbacks: [own] });
    await step.invoke('b', { callbacks: [own], metadata: { userId: 'u-1' }, tags: ['demo'] });
    const [first, second] = await recorded.observations();
    expect(first).toMatchObject({ userId: 'u-0', tags: ['all'] });
    expect(Object.fromEntries(first!.traceMetadata)).toEqual({ app: 'robot' });
    expect(second).toMatchObject({ userId: 'u-1', tags: ['all', 'demo'] });
  });

  test('of requests at the same time stay apart', async () => {
    const users = ['a', 'b', 'c', 'd'];
    await Promise.all(users.map((userId) => chain.invoke(userId, { callbacks: [handler], metadata: { userId } })));
    const observations = await recorded.observations();
    expect(observations).toHaveLength(12);
    for (const { input, userId } of observations) expect(JSON.stringify(json(input) ?? input)).toContain(userId);
  });
});

describe('without capture', () => {
  test('neither inputs nor outputs are recorded', async () => {
    const { client } = recorded;
    const silent = new CallbackHandler({ client, captureInput: false, captureOutput: false });
    const model = new ScriptedModel({ content: 'Hello you', usage });
    const chain = RunnableLambda.from((text: string) => text).pipe(model);
    await chain.invoke('secret', { callbacks: [silent] });
    for await (const _ of await chain.stream('secret', { callbacks: [silent] }));
    const observations = await recorded.observations();
    expect(observations).toHaveLength(6);
    for (const { input, output } of observations) expect([input, output]).toEqual([undefined, undefined]);
  });

  test('the client decides where the handler does not', async () => {
    const silent = await createRecordedClient({ captureInput: false, captureOutput: false });
    await RunnableLambda.from((text: string) => text).invoke('x', {
      callbacks: [new CallbackHandler({ client: silent.client })],
    });
    expect((await silent.observations())[0]).toMatchObject({ input: undefined, output: undefined });
    await silent.close();
  });
});
