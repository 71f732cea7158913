import { HumanMessage } from '@langchain/core/messages';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnableLambda, RunnableMap } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { type Client, createClient } from '@slipstream/sdk';
import { CallbackHandler } from '@slipstream/sdk/langchain';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { ScriptedModel } from './scripted-model.js';

const client = createClient({ url: 'http://127.0.0.1:9', enabled: true, handleSignals: false, exitTimeoutMs: 1 });

/** Whatever is read of it throws. */
const hostile = new Proxy(
  {},
  {
    get() {
      throw new Error('hostile');
    },
  },
);

const handlers: [string, () => CallbackHandler][] = [
  ['a handler', () => new CallbackHandler({ client })],
  ['a handler without options', () => new CallbackHandler(undefined)],
  ['a handler whose client is broken', () => new CallbackHandler({ client: hostile as Client })],
  ['a handler whose client is none', () => new CallbackHandler({ client: 42 as unknown as Client })],
  ['a handler with senseless options', () => new CallbackHandler('x' as never)],
  ['a handler whose options throw', () => new CallbackHandler(hostile)],
];

/** Each gives its result or error as text. */
const scenarios: [string, (callbacks: CallbackHandler[]) => Promise<unknown>][] = [
  [
    'a chain',
    (callbacks) =>
      ChatPromptTemplate.fromMessages([['human', '{question}']])
        .pipe(new ScriptedModel({ content: 'Hello you' }))
        .pipe(RunnableLambda.from((message) => message.content))
        .invoke({ question: 'Hi' }, { callbacks }),
  ],
  [
    'a stream',
    async (callbacks) => {
      const texts: unknown[] = [];
      const stream = await new ScriptedModel({ content: 'one two three' }).stream('Hi', { callbacks });
      for await (const chunk of stream) texts.push(chunk.content);
      return texts;
    },
  ],
  [
    'a stream of events',
    async (callbacks) => {
      const names: string[] = [];
      const chain = new ScriptedModel({ content: 'one two' }).pipe(RunnableLambda.from((message) => message.content));
      for await (const { event } of chain.streamEvents('Hi', { callbacks, version: 'v2' })) names.push(event);
      return names;
    },
  ],
  [
    'an error',
    (callbacks) => RunnableLambda.from(() => Promise.reject(new TypeError('no'))).invoke('Hi', { callbacks }),
  ],
  [
    'a map',
    (callbacks) =>
      RunnableMap.from({ one: (value: number) => value + 1, two: (value: number) => value + 2 }).batch([1, 2], {
        callbacks,
      }),
  ],
  [
    'a tool',
    (callbacks) =>
      tool(async ({ city }) => `sunny in ${city}`, { name: 'weather', schema: z.object({ city: z.string() }) }).invoke(
        { city: 'Huế' },
        { callbacks },
      ),
  ],
  [
    'a graph',
    async (callbacks) => {
      const model = new ScriptedModel({ content: 'Hello' });
      const graph = new StateGraph(MessagesAnnotation)
        .addNode('think', async (state) => ({ messages: [await model.invoke(state.messages)] }))
        .addEdge(START, 'think')
        .compile();
      const { messages } = await graph.invoke({ messages: [new HumanMessage('Hi')] }, { callbacks });
      return messages.map(({ content }) => content);
    },
  ],
];

async function outcomeOf(run: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await run());
  } catch (error) {
    return String(error);
  }
}

describe.each(handlers)('%s', (_, create) => {
  test.each(scenarios)('changes nothing about %s, and says nothing', async (_name, scenario) => {
    const warn = vi.spyOn(console, 'warn');
    const error = vi.spyOn(console, 'error');
    const bare = await outcomeOf(() => scenario([]));
    expect(await outcomeOf(() => scenario([create()]))).toBe(bare);
    expect([warn.mock.calls, error.mock.calls]).toEqual([[], []]);
    vi.restoreAllMocks();
  });
});

test('a handler can be shared, listed twice and passed on without doubling anything', async () => {
  const handler = new CallbackHandler({ client });
  const step = RunnableLambda.from(async (value: number) => value + 1);
  const before = client.stats().started;
  expect(await step.pipe(step).invoke(1, { callbacks: [handler, handler] })).toBe(3);
  expect(client.stats().started - before).toBe(3);
});
