import { getClient, observe } from '@slipstream/sdk';

/** What a model is asked with; no library, so that nothing is traced but what this example traces itself. */
export interface Model {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly name: string;
}

interface Chunk {
  readonly model: string;
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
  readonly usage?: Usage | null;
}

interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly cost?: number;
}

/**
 * The words of an answer as they come. Observed, the generation lasts until the last of them was taken, and what
 * is said about it inside goes to it, since each step runs inside the observation.
 */
export const streamAnswer = observe(
  async function* (model: Model, prompt: string): AsyncGenerator<string> {
    getClient().updateCurrentGeneration({ model: model.name, input: [{ role: 'user', content: prompt }] });
    let isFirst = true;
    for await (const chunk of chunksOf(await request(model, prompt))) {
      const text = chunk.choices[0]?.delta.content ?? '';
      if (isFirst && text !== '') getClient().updateCurrentGeneration({ completionStartTime: new Date() });
      if (text !== '') isFirst = false;
      if (chunk.usage) recordUsage(chunk.model, chunk.usage);
      if (text !== '') yield text;
    }
  },
  { name: 'answer', type: 'generation', captureInput: false },
);

function recordUsage(model: string, { prompt_tokens, completion_tokens, total_tokens, cost }: Usage): void {
  getClient().updateCurrentGeneration({
    model,
    usageDetails: { input: prompt_tokens, output: completion_tokens, total: total_tokens },
    costDetails: cost === undefined ? undefined : { total: cost },
  });
}

async function request({ baseUrl, apiKey, name }: Model, prompt: string): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: name,
      messages: [{ role: 'user', content: prompt }],
      max_tokens: 60,
      stream: true,
      stream_options: { include_usage: true },
    }),
  });
  if (!response.ok || response.body === null) throw new Error(`the model answered ${response.status}`);
  return response.body;
}

/** Server-sent events, up to `[DONE]`. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Chunk> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data: {')) yield JSON.parse(line.slice(6)) as Chunk;
    }
  }
}
