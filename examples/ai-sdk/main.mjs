import { configure, observe } from '@slipstream/sdk';
import { observeAiSdk } from '@slipstream/sdk/ai-sdk';
import { embedMany, isStepCount, streamText, tool } from 'ai';
import { convertArrayToReadableStream, MockEmbeddingModelV4, MockLanguageModelV4 } from 'ai/test';
import { z } from 'zod';

const tracing = configure({ service: 'ai-sdk-example' });
// From here on all calls are recorded. Versions 5 and 6: `experimental_telemetry: aiTelemetry()` in each call.
observeAiSdk();

// An observed function of the application stands below the tool that calls it.
const readDictionary = observe(async (word) => `${word}: a round fruit that grows on trees`, {
  name: 'read-dictionary',
});

const lookUp = tool({
  description: 'Looks a word up in the dictionary',
  inputSchema: z.object({ word: z.string() }),
  execute: ({ word }) => readDictionary(word),
});

/** What a provider would stream: first it wants the tool, then it answers. */
const ANSWERS = [
  [{ type: 'tool-call', toolCallId: 'c1', toolName: 'lookUp', input: '{"word":"apple"}' }],
  ['An ', 'apple ', 'is ', 'a ', 'fruit.'].map((delta) => ({ type: 'text-delta', id: '1', delta })),
];

// Stands for a model of a provider, such as openai('gpt-4o').
const model = new MockLanguageModelV4({
  modelId: 'gpt-4o',
  doStream: async () => {
    const answer = ANSWERS[model.doStreamCalls.length - 1];
    const isText = answer[0].type === 'text-delta';
    const parts = isText ? [{ type: 'text-start', id: '1' }, ...answer, { type: 'text-end', id: '1' }] : answer;
    const finishReason = { unified: isText ? 'stop' : 'tool-calls', raw: undefined };
    const usage = {
      inputTokens: { total: 120, noCache: 20, cacheRead: 100, cacheWrite: undefined },
      outputTokens: { total: 30, text: 30, reasoning: undefined },
    };
    return {
      stream: convertArrayToReadableStream([
        { type: 'stream-start', warnings: [] },
        ...parts,
        { type: 'finish', finishReason, usage },
      ]),
    };
  },
});
const embeddingModel = new MockEmbeddingModelV4({
  modelId: 'text-embedding-3-small',
  maxEmbeddingsPerCall: 10,
  doEmbed: async ({ values }) => ({
    embeddings: values.map(() => [0.1, 0.2, 0.3]),
    usage: { tokens: 4 },
    warnings: [],
  }),
});

/** Streams the words of the answer as they come. */
async function explain(question, pupil) {
  const { textStream } = streamText({
    model,
    instructions: 'Explain words to children.',
    prompt: question,
    tools: { lookUp },
    stopWhen: isStepCount(3),
    runtimeContext: { userId: pupil, lesson: 'fruit' },
    // The context is kept out of telemetry but for what is named here.
    telemetry: { functionId: 'tutor', includeRuntimeContext: { userId: true, lesson: true } },
  });
  process.stdout.write(`${question}\n  `);
  for await (const text of textStream) process.stdout.write(text);
  process.stdout.write('\n');
}

// What runs inside an observed function is one trace.
const lesson = observe(
  async (pupil) => {
    await explain('What is an apple?', pupil);
    const { embeddings } = await embedMany({ model: embeddingModel, values: ['apple', 'rain'] });
    console.log(`${embeddings.length} words embedded`);
  },
  { name: 'lesson' },
);
await lesson('an');

// A process that ends delivers by itself; this is only for the line below.
const { delivered } = await tracing.flush();
console.log(`${delivered} observations delivered`);
