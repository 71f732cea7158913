import Anthropic from '@anthropic-ai/sdk';
import { observe } from '@slipstream/sdk';
import { type ObserveAnthropicOptions, observeAnthropic } from '@slipstream/sdk/anthropic';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openScriptedServer, type Reply, type ScriptedServer } from '../openai/support/scripted-server.js';
import { drained, seen } from '../openai/support/seen.js';
import { openTracing, type Recorded, type Tracing } from '../openai/support/tracing.js';
import { ASKED, CONTENT, EVENTS, message, refused, STREAMED_CONTENT, USAGE, USAGE_DETAILS } from './answers.js';

let tracing: Tracing;
const servers: ScriptedServer[] = [];

beforeAll(async () => {
  tracing = await openTracing();
});

afterAll(() => tracing.close());

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await tracing.take();
  expect(tracing.client.stats().open).toBe(0);
});

async function open(
  reply: Reply | ((index: number) => Reply),
  options: ObserveAnthropicOptions = {},
): Promise<{ client: Anthropic; server: ScriptedServer }> {
  const server = await openScriptedServer((_, index) => (typeof reply === 'function' ? reply(index) : reply));
  servers.push(server);
  const settings = { baseURL: server.url.replace(/\/v1$/, ''), apiKey: 'k', maxRetries: 0, logLevel: 'off' as const };
  return { client: observeAnthropic(new Anthropic(settings), { client: tracing.client, ...options }), server };
}

async function only(): Promise<Recorded> {
  const observations = await tracing.take();
  expect(observations).toHaveLength(1);
  return observations[0] as Recorded;
}

const STREAMED = { ...ASKED, stream: true as const };
const WHOLE: Reply = { json: message() };
const STREAM: Reply = { events: EVENTS, named: true };
const BEGUN: Reply = { events: EVENTS.slice(0, 8), named: true, ends: 'hold' };

describe('what is recorded of Anthropic', () => {
  it('a whole message: prompt, blocks, parameters, model that served, usage counted once', async () => {
    const { client } = await open(WHOLE);
    const tools = [{ name: 'get_time', input_schema: { type: 'object' as const } }];
    const thinking = { type: 'enabled' as const, budget_tokens: 1_024 };
    await client.messages.create({ ...ASKED, system: 'Be kind.', tools, temperature: 1, thinking });
    expect(await only()).toMatchObject({
      name: 'anthropic.messages',
      type: 'generation',
      model: 'claude-served',
      input: { system: 'Be kind.', tools, messages: ASKED.messages },
      output: { role: 'assistant', content: CONTENT },
      parameters: { max_tokens: 64, temperature: 1, thinking },
      usageDetails: USAGE_DETAILS,
      metadata: {
        responseId: 'msg_1',
        stopReason: 'tool_use',
        serviceTier: 'standard',
        requestedModel: 'claude-asked',
      },
    });
  });

  it.each([
    ['create', async (client: Anthropic) => drained(await client.messages.create(STREAMED))],
    ['stream', (client: Anthropic) => client.messages.stream(ASKED).finalMessage()],
    ['the beta', (client: Anthropic) => client.beta.messages.stream(ASKED).finalMessage()],
    ['a tee', async (client: Anthropic) => Promise.all((await client.messages.create(STREAMED)).tee().map(drained))],
  ])('a stream by %s, as one message', async (_, read) => {
    const { client } = await open(STREAM);
    await read(client);
    const recorded = await only();
    expect(recorded).toMatchObject({
      model: 'claude-served',
      output: { role: 'assistant', content: STREAMED_CONTENT },
      usageDetails: USAGE_DETAILS,
      metadata: { stopReason: 'tool_use', responseId: 'msg_1' },
      level: 'DEFAULT',
    });
    expect(recorded.completionStartTimeUnixNano).toBeDefined();
  });

  it('the prompt alone where nothing stands beside it', async () => {
    const { client } = await open(WHOLE);
    await client.messages.create(ASKED);
    expect((await only()).input).toEqual(ASKED.messages);
  });

  it('withResponse as an answer, asResponse up to the handing over, parse as what was sent', async () => {
    const { client } = await open(WHOLE);
    await client.messages.create(ASKED).withResponse();
    await (await client.messages.create(ASKED).asResponse()).text();
    await client.messages.parse(ASKED);
    const [first, second, third] = await tracing.take();
    expect(first).toMatchObject({ output: { content: CONTENT } });
    expect(second).toMatchObject({ output: undefined, statusMessage: 'the raw response was handed over' });
    expect(third).toMatchObject({ output: { content: CONTENT } });
  });

  it('an early break, an abort and an error, with what had come', async () => {
    const { client } = await open((index) =>
      index < 2 ? BEGUN : { events: [...EVENTS.slice(0, 8), refused('overloaded')], named: true },
    );
    for await (const event of await client.messages.create(STREAMED)) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') break;
    }
    const stream = client.messages.stream(ASKED);
    stream.on('text', () => stream.abort());
    await seen(stream.done());
    await drained(await client.messages.create(STREAMED));
    const all = await tracing.take();
    expect(all.map(({ level, statusMessage }) => [level, statusMessage?.slice(0, 33)])).toEqual([
      ['DEFAULT', 'the stream was not read to its en'],
      ['WARNING', 'aborted'],
      ['ERROR', expect.stringContaining('APIError')],
    ]);
    for (const { output, usageDetails } of all) {
      expect(output).toMatchObject({ content: [{ thinking: 'A greeting.' }, { text: 'Xin ' }] });
      expect(usageDetails.input_cached_tokens).toBe(USAGE.cache_read_input_tokens);
    }
  });

  it('a refusal of the request', async () => {
    const { client } = await open({ status: 400, json: refused('too long') });
    await seen(client.messages.create(ASKED));
    expect(await only()).toMatchObject({
      level: 'ERROR',
      statusMessage: expect.stringMatching(/^BadRequestError: 400 .*too long/),
      metadata: { statusCode: '400', requestId: 'req_scripted' },
    });
  });

  it('each turn of the tool runner, with the tool beside them', async () => {
    const { client } = await open((index) =>
      index === 0 ? WHOLE : { json: message({ content: [{ type: 'text', text: 'noon' }], stop_reason: 'end_turn' }) },
    );
    const run = observe(() => 'noon', { name: 'get_time', type: 'tool', client: tracing.client });
    const tool = { name: 'get_time', type: 'custom', input_schema: { type: 'object' }, run, parse: (x: unknown) => x };
    await observe(async () => await client.beta.messages.toolRunner({ ...ASKED, tools: [tool as never] }), {
      name: 'turn',
      client: tracing.client,
    })();
    const all = await tracing.take();
    expect(all.map(({ name }) => name)).toEqual(['turn', 'anthropic.messages', 'get_time', 'anthropic.messages']);
    for (const child of all.slice(1)) expect(child.parentSpanId).toBe(all[0]?.spanId);
  });

  it('with options of the client, also of derived ones, and nothing captured where that is asked', async () => {
    const { client } = await open(WHOLE, { name: 'claude', sessionId: 's', captureInput: false, captureOutput: false });
    await client.withOptions({ timeout: 1_000 }).messages.create(ASKED);
    const recorded = await only();
    expect(recorded).toMatchObject({ name: 'claude', sessionId: 's', usageDetails: USAGE_DETAILS });
    expect([recorded.input, recorded.output]).toEqual([undefined, undefined]);
  });
});
