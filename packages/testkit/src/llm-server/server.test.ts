import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChatRequest } from './chat-request.js';
import { faultMarker } from './faults.js';
import type { LlmServerOptions } from './options.js';
import { createLlmServer, type LlmServer } from './server.js';

const servers: LlmServer[] = [];

async function start(options: LlmServerOptions = {}): Promise<{ server: LlmServer; client: OpenAI }> {
  const server = await createLlmServer(options);
  servers.push(server);
  return { server, client: new OpenAI({ baseURL: server.url, apiKey: options.apiKey ?? 'none', maxRetries: 0 }) };
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const QUESTION = { role: 'user', content: 'What does "apple" mean, teacher?' } as const;
const CÂU_HỎI = { role: 'user', content: 'Cô ơi, từ "apple" nghĩa là gì ạ?' } as const;

const CHOOSE_TOOL = {
  type: 'function',
  function: {
    name: 'choose_intent',
    parameters: {
      type: 'object',
      properties: {
        intent: { type: 'string', enum: ['question', 'small_talk'] },
        score: { type: 'integer', maximum: 9 },
      },
    },
  },
} as const;

async function collect(stream: AsyncIterable<OpenAI.Chat.ChatCompletionChunk>) {
  const chunks: OpenAI.Chat.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { chunks, text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('') };
}

async function statusOf(work: Promise<unknown>): Promise<number | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (error instanceof OpenAI.APIError ? error.status : Promise.reject(error)),
  );
}

describe('chat completions', () => {
  it('answers whole with the asked-for number of tokens, usage and cost', async () => {
    const { client, server } = await start();
    const answer = await client.chat.completions.create({ model: 'm', messages: [QUESTION], max_tokens: 50 });
    expect(answer.choices[0]?.message.content).toHaveLength(200);
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.usage).toMatchObject({ prompt_tokens: 8, completion_tokens: 50, total_tokens: 58 });
    expect(answer.usage?.prompt_tokens_details?.cached_tokens).toBe(0);
    expect((answer.usage as unknown as { cost: number }).cost).toBeCloseTo((8 * 0.15 + 50 * 0.6) / 1e6, 9);
    expect(server.stats()).toMatchObject({ completed: 1, completionTokens: 50, promptTokens: 8, chatRequests: 1 });
  });

  it('streams an answer with the usage in the last chunk', async () => {
    const { client, server } = await start();
    const { chunks, text } = await collect(
      await client.chat.completions.create({
        model: 'm',
        messages: [QUESTION],
        max_tokens: 40,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    expect(text).toHaveLength(160);
    expect(chunks.length).toBeGreaterThan(40);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 40 } });
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(server.stats().streamedRequests).toBe(1);
  });

  it('leaves the usage out of a stream that does not ask for it', async () => {
    const { client } = await start();
    const { chunks } = await collect(
      await client.chat.completions.create({ model: 'm', messages: [QUESTION], max_tokens: 4, stream: true }),
    );
    expect(chunks.every((chunk) => chunk.usage === undefined)).toBe(true);
  });

  it('gives equal answers for equal seeds and others for other seeds', async () => {
    const [first, second, other] = [await start({ seed: 1 }), await start({ seed: 1 }), await start({ seed: 2 })];
    const ask = async (client: OpenAI) =>
      (await client.chat.completions.create({ model: 'm', messages: [QUESTION], max_tokens: 30 })).choices[0]?.message
        .content;
    const text = await ask(first.client);
    await ask(second.client);
    expect(await ask(second.client)).toBe(text);
    expect(await ask(other.client)).not.toBe(text);
  });

  it('answers in the language of the question', async () => {
    const { client } = await start();
    const ask = async (message: typeof QUESTION | typeof CÂU_HỎI) =>
      (await client.chat.completions.create({ model: 'm', messages: [message], max_tokens: 100 })).choices[0]?.message
        .content ?? '';
    expect(await ask(CÂU_HỎI)).toMatch(/[ạảấầậắặếềểệốồộớờợứừựơưăđ]/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is that nothing but one-byte text comes back.
    expect(await ask(QUESTION)).toMatch(/^[\x00-\xff]*$/);
  });

  it('cuts an answer at max_tokens and says so when a longer one was hinted at', async () => {
    const { client } = await start();
    const answer = await client.chat.completions.create({
      model: 'm',
      messages: [{ role: 'user', content: 'Tell me a story [[tokens:90]]' }],
      max_tokens: 20,
    });
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.usage?.completion_tokens).toBe(20);
  });

  it('calls the named tool with arguments that fit its schema', async () => {
    const { client } = await start();
    const answer = await client.chat.completions.create({
      model: 'm',
      messages: [QUESTION],
      tools: [CHOOSE_TOOL],
      tool_choice: { type: 'function', function: { name: 'choose_intent' } },
    });
    const call = answer.choices[0]?.message.tool_calls?.[0];
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    expect(call?.type === 'function' && call.function.name).toBe('choose_intent');
    const args = JSON.parse(call?.type === 'function' ? call.function.arguments : '') as Record<string, unknown>;
    expect(['question', 'small_talk']).toContain(args.intent);
    expect(args.score).toBeTypeOf('number');
  });

  it('interleaves parallel streamed tool calls by index', async () => {
    const { client } = await start();
    const { chunks } = await collect(
      await client.chat.completions.create({
        model: 'm',
        messages: [{ role: 'user', content: '[[tools:2]]' }],
        tools: [CHOOSE_TOOL],
        stream: true,
      }),
    );
    const texts = ['', ''];
    const order: number[] = [];
    for (const call of chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])) {
      texts[call.index] += call.function?.arguments ?? '';
      order.push(call.index);
    }
    expect(order.slice(0, 4)).toEqual([0, 1, 0, 1]);
    for (const text of texts) expect(Object.keys(JSON.parse(text) as object)).toEqual(['intent', 'score']);
  });

  it('sends tokens that fall due together in one chunk', async () => {
    const { client } = await start({ perTokenDelayMs: 1, chunkIntervalMs: 10 });
    const { chunks, text } = await collect(
      await client.chat.completions.create({ model: 'm', messages: [QUESTION], max_tokens: 40, stream: true }),
    );
    expect(text).toHaveLength(160);
    expect(chunks.filter((chunk) => chunk.choices[0]?.delta.content)).toHaveLength(4);
  });

  it('streams a long answer that has to wait for its reader without piling up listeners', async () => {
    const { server } = await start();
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const body = JSON.stringify({ model: 'm', messages: [QUESTION], max_tokens: 8_000, stream: true });
    const response = await fetch(`${server.url}/chat/completions`, { method: 'POST', body });
    expect((await response.text()).endsWith('data: [DONE]\n\n')).toBe(true);
    process.off('warning', note);
    expect(warnings).toEqual([]);
    expect(server.stats()).toMatchObject({ completed: 1, completionTokens: 8_000 });
  });

  it('takes the time of its tokens, times the scale', async () => {
    const { client } = await start({ firstTokenDelayMs: 1_000, perTokenDelayMs: 10, timeScale: 0.1 });
    const startMs = performance.now();
    await client.chat.completions.create({ model: 'm', messages: [QUESTION], max_tokens: 20 });
    const elapsedMs = performance.now() - startMs;
    expect(elapsedMs).toBeGreaterThanOrEqual(119);
    expect(elapsedMs).toBeLessThan(1_000);
  });
});

describe('faults', () => {
  it.each([
    ['rate-limit', 429],
    ['server-error', 500],
  ] as const)('answers %s by status when the header, the model or a marker asks for it', async (kind, status) => {
    const { client, server } = await start();
    const create = client.chat.completions.create.bind(client.chat.completions);
    const headers = { 'x-testkit-fault': kind };
    expect(await statusOf(create({ model: 'm', messages: [QUESTION] }, { headers }))).toBe(status);
    expect(await statusOf(create({ model: `m+fault:${kind}`, messages: [QUESTION] }))).toBe(status);
    const marked = { role: 'user', content: `Hello ${faultMarker(kind)}` } as const;
    expect(await statusOf(create({ model: 'm', messages: [marked] }))).toBe(status);
    expect(server.stats().faults[kind]).toBe(3);
  });

  it('lets a retry succeed after the stated number of failures', async () => {
    const { server } = await start();
    const client = new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 2 });
    const messages = [{ role: 'user', content: `Hello ${faultMarker('rate-limit', 1)}` }] as const;
    const answer = await client.chat.completions.create({ model: 'm', messages: [...messages], max_tokens: 5 });
    expect(answer.choices[0]?.message.content).toHaveLength(20);
    expect(server.stats()).toMatchObject({ chatRequests: 2, completed: 1 });
  });

  it('drops a stream in the middle', async () => {
    const { client, server } = await start();
    const stream = await client.chat.completions.create(
      { model: 'm', messages: [QUESTION], max_tokens: 20, stream: true },
      { headers: { 'x-testkit-fault': 'drop' } },
    );
    let text = '';
    await expect(async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    }).rejects.toThrow();
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThan(80);
    expect(server.stats()).toMatchObject({ completed: 0, abandoned: 0 });
  });

  it('makes a slow answer wait before its first token', async () => {
    const { client } = await start({ slowDelayMs: 150 });
    const startMs = performance.now();
    await client.chat.completions.create({ model: 'm+fault:slow', messages: [QUESTION], max_tokens: 5 });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(149);
  });

  it('counts a request whose client gave up as abandoned', async () => {
    const { client, server } = await start();
    const work = client.chat.completions.create({ model: 'm+fault:hang', messages: [QUESTION] }, { timeout: 50 });
    await expect(work).rejects.toThrow(OpenAI.APIConnectionTimeoutError);
    await expect.poll(() => server.stats().abandoned).toBe(1);
    expect(server.stats().inFlight).toBe(0);
  });

  it('fails about the configured share of requests, the same ones each time', async () => {
    const outcomes = async () => {
      const { client } = await start({ randomFaults: { 'server-error': 0.3 } });
      const work = Array.from({ length: 60 }, (_, index) =>
        statusOf(
          client.chat.completions.create({
            model: 'm',
            messages: [{ role: 'user', content: `${index}` }],
            max_tokens: 1,
          }),
        ),
      );
      return Promise.all(work);
    };
    const first = await outcomes();
    const failed = first.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(6);
    expect(failed).toBeLessThan(32);
    expect(await outcomes()).toEqual(first);
  });
});

describe('other routes and limits', () => {
  it('embeds texts as unit vectors, equal for equal texts', async () => {
    const { client } = await start();
    const answer = await client.embeddings.create({ model: 'e', input: ['táo', 'táo', 'lê'], dimensions: 8 });
    const [first, second, third] = answer.data.map((item) => item.embedding);
    expect(first).toHaveLength(8);
    expect(Math.hypot(...(first ?? []))).toBeCloseTo(1, 5);
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect(answer.usage.prompt_tokens).toBe(3);
  });

  it('lists its models', async () => {
    const { client } = await start({ models: ['a', 'b'] });
    expect((await client.models.list()).data.map((model) => model.id)).toEqual(['a', 'b']);
  });

  it('refuses a body over the limit with 413 and takes one at the limit', async () => {
    const body = JSON.stringify({ model: 'm', messages: [QUESTION], max_tokens: 1 });
    const { server } = await start({ maxBodyBytes: body.length });
    const post = (text: string) => fetch(`${server.url}/chat/completions`, { method: 'POST', body: text });
    expect((await post(body)).status).toBe(200);
    expect((await post(`${body} `)).status).toBe(413);
    expect(server.stats().refused).toBe(1);
  });

  it.each([
    ['no JSON', 'not json'],
    ['no model', '{"messages":[{"role":"user","content":"x"}]}'],
    ['no messages', '{"model":"m","messages":[]}'],
    ['several answers', '{"model":"m","n":2,"messages":[{"role":"user","content":"x"}]}'],
  ])('refuses a body with %s', async (_, body) => {
    const { server } = await start();
    const answer = await fetch(`${server.url}/chat/completions`, { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('refuses a wrong key where one is set', async () => {
    const { server } = await start({ apiKey: 'right' });
    const client = new OpenAI({ baseURL: server.url, apiKey: 'wrong', maxRetries: 0 });
    expect(await statusOf(client.models.list())).toBe(401);
  });

  it('answers 503 over the limit of requests at the same time', async () => {
    const { client, server } = await start({ maxInFlightCount: 1 });
    const controller = new AbortController();
    const hanging = client.chat.completions
      .create({ model: 'm+fault:hang', messages: [QUESTION] }, { signal: controller.signal })
      .catch((error: unknown) => error);
    await expect.poll(() => server.stats().faults.hang).toBe(1);
    expect(await statusOf(client.models.list())).toBe(503);
    controller.abort();
    await hanging;
  });

  it('hands each well-formed chat request to its observer', async () => {
    const seen: ChatRequest[] = [];
    const { client } = await start({ onChatRequest: (request) => seen.push(request) });
    await client.chat.completions.create({ model: 'm', messages: [QUESTION], max_tokens: 3 });
    expect(seen).toMatchObject([{ model: 'm', lastMessageText: QUESTION.content, maxTokens: 3, attempt: 0 }]);
  });

  it('refuses options that are no bounded number', async () => {
    await expect(createLlmServer({ timeScale: Number.NaN })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await expect(createLlmServer({ maxBodyBytes: -1 })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});
