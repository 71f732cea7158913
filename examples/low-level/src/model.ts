/** What a model is asked with; no library, so that nothing is traced but what this example traces itself. */
export interface Model {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly name: string;
}

/** An answer as OpenAI-compatible APIs give it, as far as it is used here. */
export interface Answer {
  readonly model: string;
  readonly text: string;
  /** Tokens, each counted in one place, as `usageDetails` wants them. */
  readonly usage: Readonly<Record<string, number>>;
  /** US dollars, where the provider says so. */
  readonly cost: number | undefined;
}

interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  readonly cost?: number;
}

/** Asks a chat model. */
export async function ask(model: Model, prompt: string, maxTokens: number): Promise<Answer> {
  const body = { model: model.name, messages: [{ role: 'user', content: prompt }], max_tokens: maxTokens };
  const answer = (await post(model, '/chat/completions', body)) as {
    readonly model: string;
    readonly choices: readonly { readonly message: { readonly content: string } }[];
    readonly usage: Usage;
  };
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, cost } = answer.usage;
  const cached = prompt_tokens_details?.cached_tokens ?? 0;
  return {
    model: answer.model,
    text: answer.choices[0]?.message.content ?? '',
    usage: {
      input: prompt_tokens - cached,
      input_cached_tokens: cached,
      output: completion_tokens,
      total: total_tokens,
    },
    cost,
  };
}

/** One vector for each text. */
export async function embed(model: Model, texts: readonly string[]): Promise<readonly (readonly number[])[]> {
  const answer = (await post(model, '/embeddings', { model: 'text-embedding-3-small', input: texts })) as {
    readonly data: readonly { readonly embedding: readonly number[] }[];
  };
  return answer.data.map(({ embedding }) => embedding);
}

async function post({ baseUrl, apiKey }: Model, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(baseUrl + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the model answered ${response.status}`);
  return response.json();
}
