import { AIMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { configure, observe } from '@slipstream/sdk';
import { CallbackHandler } from '@slipstream/sdk/langchain';
import { z } from 'zod';

const tracing = configure({ service: 'langchain-example' });
// One for the whole process. What belongs to a request comes with that request's configuration, below.
const handler = new CallbackHandler({ tags: ['example'] });

const DICTIONARY = new Map([
  ['apple', 'a round fruit that grows on trees'],
  ['rain', 'water that falls from clouds'],
]);

// An observed function of the application stands below the tool that calls it.
const readDictionary = observe(async (word) => DICTIONARY.get(word) ?? 'not in the dictionary', {
  name: 'read-dictionary',
});

const lookUp = tool(({ word }) => readDictionary(word), {
  name: 'look_up',
  description: 'Looks a word up in the dictionary',
  schema: z.object({ word: z.string() }),
});

// Stands for a model of a provider, such as ChatOpenAI, whose tokens and cost would be recorded too.
const model = new FakeListChatModel({
  responses: ['An apple is a fruit, yummy!', 'Rain is water from clouds.'],
  sleep: 5,
});

/** Tells which word the pupil asks for, and asks for the tool. */
function understand({ messages }) {
  const word = /[a-z]+(?=\W*$)/i.exec(String(messages.at(-1).content))?.[0].toLowerCase();
  return {
    messages: [
      new AIMessage({ content: '', tool_calls: [{ id: `look_up ${word}`, name: 'look_up', args: { word } }] }),
    ],
  };
}

/** Answers with what the tool found. */
async function reply({ messages }) {
  return { messages: [await model.invoke(messages)] };
}

const tutor = new StateGraph(MessagesAnnotation)
  .addNode('understand', understand)
  .addNode('tools', new ToolNode([lookUp]))
  .addNode('reply', reply)
  .addEdge(START, 'understand')
  .addEdge('understand', 'tools')
  .addEdge('tools', 'reply')
  .addEdge('reply', END)
  .compile();

/** Streams the words of the answer as they come. */
async function ask(question, pupil) {
  const stream = await tutor.stream(
    { messages: [{ role: 'user', content: question }] },
    {
      callbacks: [handler],
      runName: 'tutor',
      metadata: { userId: pupil, sessionId: `lesson of ${pupil}` },
      streamMode: 'messages',
    },
  );
  process.stdout.write(`${question}\n  `);
  for await (const [message, { langgraph_node }] of stream) {
    if (langgraph_node === 'reply') process.stdout.write(String(message.content));
  }
  process.stdout.write('\n');
}

await ask('What is an apple?', 'an');
await ask('Please explain rain', 'binh');

// A process that ends delivers by itself; this is only for the line below.
const { delivered } = await tracing.flush();
console.log(`${delivered} observations delivered`);
