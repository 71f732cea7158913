import { getClient, observe } from '@slipstream/sdk';
import type { OpenAI } from 'openai';

/** What the tour works with; `say` is told what it did. */
export interface TourContext {
  readonly openai: OpenAI;
  readonly model: string;
  readonly embeddingModel: string;
  readonly say: (line: string) => void;
}

const MAX_TOKENS = 60;

/** A tool that the model may call; observed, so that it stands in the trace beside the calls of the model. */
const lookUpWord = observe(({ word }: { word: string }) => `"${word}" is a fruit`, { name: 'look-up', type: 'tool' });

const TOOL = {
  name: 'look_up',
  description: 'Says what a word means.',
  parameters: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
  parse: JSON.parse,
  function: lookUpWord,
};

/** Calls the model in the usual ways; all of them are recorded by the client alone. */
export const takeTour = observe(
  async (context: TourContext): Promise<void> => {
    getClient().updateCurrentTrace({ userId: 'pupil-1', sessionId: 'lesson-1', tags: ['example'] });
    await askOnce(context);
    await askForAStream(context);
    await letItUseATool(context);
    await embed(context);
  },
  { name: 'tour', captureInput: false },
);

async function askOnce({ openai, model, say }: TourContext): Promise<void> {
  const { data, response } = await openai.chat.completions
    .create({ model, messages: [{ role: 'user', content: 'What is an apple?' }], max_tokens: MAX_TOKENS })
    .withResponse();
  say(`whole answer, status ${response.status}: ${data.choices[0]?.message.content ?? ''}`);
}

async function askForAStream({ openai, model, say }: TourContext): Promise<void> {
  const stream = await openai.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'Quả táo là gì?' }],
    max_tokens: MAX_TOKENS,
    stream: true,
    // Without it a stream brings neither usage nor cost.
    stream_options: { include_usage: true },
  });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  say(`streamed answer: ${text}`);
}

async function letItUseATool({ openai, model, say }: TourContext): Promise<void> {
  const runner = openai.chat.completions.runTools({
    model,
    // The mark asks the test server for a tool call; other models see that a tool is there.
    messages: [{ role: 'user', content: 'Look up the word "apple". [[tools:1]]' }],
    tools: [{ type: 'function', function: TOOL }],
    max_tokens: MAX_TOKENS,
  });
  say(`answer with a tool: ${(await runner.finalContent()) ?? ''}`);
}

async function embed({ openai, embeddingModel, say }: TourContext): Promise<void> {
  const { data } = await openai.embeddings.create({ model: embeddingModel, input: ['apple', 'quả táo'] });
  say(`embeddings: ${data.length} of ${data[0]?.embedding.length ?? 0} dimensions`);
}
