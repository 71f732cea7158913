import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { END, interrupt, MemorySaver, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { getClient, observe } from '@slipstream/sdk';
import { CallbackHandler, observationOf } from '@slipstream/sdk/langchain';
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

const messages = [new HumanMessage('How is the weather?')];
const model = new ScriptedModel({ content: 'Sunny' });
const schema = z.object({ city: z.string() });
const call = { id: 'c1', name: 'get_weather', args: { city: 'Huế' } };

/** A node that asks for the tool until it has its answer. */
async function think(state: typeof MessagesAnnotation.State): Promise<Partial<typeof MessagesAnnotation.State>> {
  const hasAnswer = state.messages.some((message) => message.getType() === 'tool');
  return {
    messages: [hasAnswer ? await model.invoke(state.messages) : new AIMessage({ content: '', tool_calls: [call] })],
  };
}

function agentGraph(weather: (city: string) => Promise<string>) {
  const getWeather = tool(async ({ city }) => weather(city), { name: 'get_weather', schema });
  return new StateGraph(MessagesAnnotation)
    .addNode('think', think)
    .addNode('tools', new ToolNode([getWeather]))
    .addEdge(START, 'think')
    .addConditionalEdges('think', (state) => ((state.messages.at(-1) as AIMessage).tool_calls?.length ? 'tools' : END))
    .addEdge('tools', 'think')
    .compile();
}

describe('a graph', () => {
  test('is recorded as its nodes, without what LangGraph hides, and observed functions stand below their tool', async () => {
    const { client } = recorded;
    const lookUp = observe(async (city: string) => `sunny in ${city}`, { name: 'look up', client });
    await agentGraph(lookUp).invoke({ messages }, { callbacks: [handler] });
    expect(treeOf(await recorded.observations())).toEqual([
      'chain LangGraph',
      '  chain think',
      '    chain RunnableLambda',
      '  chain tools',
      '    tool get_weather',
      '      span look up',
      '  chain think',
      '    generation ScriptedModel',
      '    chain RunnableLambda',
    ]);
  });

  test('has messages as role and content in its state, and the thread as its session', async () => {
    await agentGraph(async () => 'sunny').invoke(
      { messages },
      { callbacks: [handler], configurable: { thread_id: 't-1' } },
    );
    const [graph, think, , tools] = await recorded.observations();
    expect(JSON.parse(graph!.input!)).toEqual({ messages: [{ role: 'user', content: 'How is the weather?' }] });
    expect(JSON.parse(tools!.output!)).toEqual({
      messages: [{ role: 'tool', content: 'sunny', name: 'get_weather', tool_call_id: 'c1' }],
    });
    expect(graph!.sessionId).toBe('t-1');
    expect(Object.fromEntries(think!.metadata)).toEqual({ langgraph_node: 'think', langgraph_step: '1' });
  });

  test('leaves the session to the application where that has a trace of its own', async () => {
    const { client } = recorded;
    const trace = client.trace({ name: 'lesson', sessionId: 'lesson-7' });
    await trace.run(() =>
      agentGraph(async () => '').invoke({ messages }, { callbacks: [handler], configurable: { thread_id: 't' } }),
    );
    trace.end();
    const observations = await recorded.observations();
    for (const { sessionId, traceId } of observations)
      expect([sessionId, traceId]).toEqual(['lesson-7', trace.traceId]);
  });

  test('keeps a model that a hidden step calls, below the nearest step that shows', async () => {
    const route = async (state: typeof MessagesAnnotation.State) => {
      await model.invoke(state.messages);
      return END;
    };
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('greet', async () => ({ messages: [] }))
      .addEdge(START, 'greet')
      .addConditionalEdges('greet', route)
      .compile();
    const hidden = { callbacks: [handler], tags: ['langsmith:hidden'] };
    await graph.invoke({ messages }, hidden);
    expect(treeOf(await recorded.observations())).toEqual(['chain LangGraph', '  generation ScriptedModel']);
  });

  test('that waits for a person has not failed', async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('ask', async () => ({ messages: [new AIMessage(String(interrupt({ question: 'Go on?' })))] }))
      .addEdge(START, 'ask')
      .addEdge('ask', END)
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke({ messages }, { callbacks: [handler], configurable: { thread_id: 't-1' } });
    const ask = (await recorded.observations()).find(({ name }) => name === 'ask');
    expect(ask).toMatchObject({ level: 'DEFAULT', statusMessage: 'GraphInterrupt' });
    expect(JSON.parse(ask!.output!)).toEqual([{ id: expect.any(String), value: { question: 'Go on?' } }]);
  });

  test('that is aborted ends with a warning, and a call that goes on meanwhile keeps what it gave', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const slow = new ScriptedModel({ content: 'Sunny', gate });
    const controller = new AbortController();
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('think', async (state) => ({ messages: [await slow.invoke(state.messages)] }))
      .addEdge(START, 'think')
      .compile();
    const aborted = expect(graph.invoke({ messages }, { callbacks: [handler], signal: controller.signal })).rejects;
    await expect.poll(() => recorded.client.stats().started).toBe(3);
    controller.abort();
    await aborted.toThrow();
    open();
    await expect.poll(() => recorded.client.stats().open).toBe(0);
    const observations = await recorded.observations();
    expect(observations.map(({ name, level }) => [name, level])).toEqual([
      ['LangGraph', 'WARNING'],
      ['think', 'WARNING'],
      ['ScriptedModel', 'DEFAULT'],
    ]);
    expect(JSON.parse(observations[2]!.output!)).toEqual({ role: 'assistant', content: 'Sunny' });
  });

  test('whose stream is left early ends', async () => {
    const stream = await agentGraph(async () => 'sunny').stream({ messages }, { callbacks: [handler] });
    for await (const _ of stream) break;
    await expect.poll(() => recorded.client.stats().open).toBe(0);
  });
});

describe('nesting inside a run', () => {
  const oneNode = (name: string, node: (state: typeof MessagesAnnotation.State, config: object) => Promise<object>) =>
    new StateGraph(MessagesAnnotation).addNode(name, node).addEdge(START, name).compile();

  test('a call made by an observed function stands below that function', async () => {
    const { client } = recorded;
    const ask = observe((state: typeof MessagesAnnotation.State) => model.invoke(state.messages), {
      name: 'ask',
      client,
    });
    const graph = oneNode('node', async (state) => ({ messages: [await ask(state)] }));
    await graph.invoke({ messages }, { callbacks: [handler] });
    expect(treeOf(await recorded.observations())).toEqual([
      'chain LangGraph',
      '  chain node',
      '    span ask',
      '      generation ScriptedModel',
    ]);
  });

  test('parallel nodes do not see each other', async () => {
    const { client } = recorded;
    const work = observe(async (name: string) => Promise.resolve(name), { name: 'work', client });
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('left', async () => ({ left: await work('left') }))
      .addNode('right', async () => ({ right: await work('right') }))
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .compile();
    await graph.invoke({ messages }, { callbacks: [handler] });
    const observations = await recorded.observations();
    const parentOf = (input: string): Observation | undefined => {
      const found = observations.find((observation) => observation.input === input);
      return observations.find(({ spanId }) => spanId === found?.parentSpanId);
    };
    expect([parentOf('left')?.name, parentOf('right')?.name]).toEqual(['left', 'right']);
  });

  test('what ran before and comes after is as it was', async () => {
    const { client } = recorded;
    const outer = client.trace({ name: 'outer' });
    await outer.run(async () => {
      await oneNode('node', async () => ({})).invoke({ messages }, { callbacks: [handler] });
      expect(client.current?.id).toBe(outer.id);
    });
    outer.end();
    expect(getClient().current).toBeUndefined();
  });

  test('the configuration that a function gets leads to the observation of its run', async () => {
    const seen: unknown[] = [];
    const graph = oneNode('node', async (_, config) => {
      seen.push(observationOf(config)?.id);
      return {};
    });
    await graph.invoke({ messages }, { callbacks: [handler] });
    const node = (await recorded.observations()).find(({ name }) => name === 'node');
    expect(seen).toEqual([node?.spanId]);
  });

  test('a handler that records nothing lets functions run as they would', async () => {
    const off = await createRecordedClient({ enabled: false });
    const result = await agentGraph(async (city) => `sunny in ${city}`).invoke(
      { messages },
      { callbacks: [new CallbackHandler({ client: off.client })] },
    );
    expect(result.messages.at(-1)?.content).toBe('Sunny');
    expect(off.client.stats().started).toBe(0);
    await off.close();
  });
});
