import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { observe } from '@slipstream/sdk';
import { type ObserveOpenAIOptions, observeOpenAI } from '@slipstream/sdk/openai';
import type OpenAI from 'openai-6';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  CALL_ITEM,
  callEvents,
  chunk,
  completion,
  embeddings,
  HELLO_CHUNKS,
  PARALLEL_CALL_CHUNKS,
  PARALLEL_CALLS,
  refused,
  response,
  responseEvents,
  USAGE,
} from './support/answers.js';
import { QUESTION, STREAMED } from './support/chat-cases.js';
import { LIBRARIES, type Library } from './support/libraries.js';
import { openScriptedServer, type Reply, type ScriptedServer } from './support/scripted-server.js';
import { drained, seen } from './support/seen.js';
import { openTracing, type Recorded, type Tracing } from './support/tracing.js';

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

const HELLO: Reply = { json: completion({ content: 'Xin chào!' }) };
const HELLO_STREAM: Reply = { events: HELLO_CHUNKS };

/** In which each token is counted once: 100 in, 40 out. */
const HELLO_USAGE = {
  input: 30,
  input_cached_tokens: 64,
  input_audio_tokens: 6,
  output: 15,
  output_reasoning_tokens: 25,
  total: 140,
};

async function only(): Promise<Recorded> {
  const observations = await tracing.take();
  expect(observations).toHaveLength(1);
  return observations[0] as Recorded;
}

const collectGarbage = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

for (const { name, runs, load } of LIBRARIES) {
  describe.skipIf(!runs)(`what is recorded of ${name}`, () => {
    let library: Library;
    beforeAll(async () => {
      library = await load();
    });

    async function open(
      reply: Reply | ((index: number, body: string) => Reply),
      options: ObserveOpenAIOptions = {},
      settings: object = {},
    ): Promise<{ client: OpenAI; server: ScriptedServer }> {
      const server = await openScriptedServer(({ body }, index) =>
        typeof reply === 'function' ? reply(index, body) : reply,
      );
      servers.push(server);
      const client = new library.OpenAI({
        baseURL: server.url,
        apiKey: 'k',
        maxRetries: 0,
        logLevel: 'off',
        ...settings,
      });
      return { client: observeOpenAI(client, { client: tracing.client, ...options }), server };
    }

    describe('chat completions', () => {
      it('one generation: prompt, answer, parameters, model that served, usage counted once', async () => {
        const { client } = await open(HELLO);
        await client.chat.completions.create({
          ...QUESTION,
          temperature: 0.5,
          max_tokens: 9,
          reasoning_effort: 'low',
          user: 'An',
        });
        expect(await only()).toMatchObject({
          name: 'openai.chat.completions',
          type: 'generation',
          level: 'DEFAULT',
          model: 'gpt-served',
          input: QUESTION.messages,
          output: { role: 'assistant', content: 'Xin chào!' },
          parameters: { temperature: 0.5, max_tokens: 9, reasoning_effort: 'low' },
          usageDetails: HELLO_USAGE,
          costDetails: {},
          metadata: { responseId: 'chatcmpl-1', finishReason: 'stop', requestedModel: 'gpt-asked' },
        });
      });

      it('tools and schema beside the messages', async () => {
        const { client } = await open(HELLO);
        const tools = [{ type: 'function' as const, function: { name: 'f', parameters: {} } }];
        await client.chat.completions.create({ ...QUESTION, tools, response_format: { type: 'json_object' } });
        const { input, parameters } = await only();
        expect(input).toEqual({ messages: QUESTION.messages, tools, response_format: { type: 'json_object' } });
        expect(parameters).toBeUndefined();
      });

      it('the prompt as it was when it was sent', async () => {
        const { client } = await open(HELLO);
        const body = { ...QUESTION, messages: [...QUESTION.messages] };
        const promise = client.chat.completions.create(body);
        body.messages.push({ role: 'user', content: 'later' });
        await promise;
        expect((await only()).input).toEqual(QUESTION.messages);
      });

      it('several choices as a list', async () => {
        const { client } = await open({ json: completion({ content: 'a' }, {}, [{ content: 'b' }]) });
        await client.chat.completions.create({ ...QUESTION, n: 2 });
        const { output, metadata } = await only();
        expect(output).toMatchObject([{ content: 'a' }, { content: 'b' }]);
        expect(metadata.finishReason).toBe('["stop","stop"]');
      });

      it("OpenRouter's cost, served model and provider", async () => {
        const usage = { ...USAGE, cost: 0.00042, cost_details: { upstream_inference_cost: 0.00042 }, is_byok: false };
        const { client } = await open({ json: completion({ content: 'a' }, { provider: 'Fireworks', usage }) });
        const routing = { provider: { order: ['Fireworks'] }, models: ['gpt-asked', 'other'] };
        await client.chat.completions.create({ ...QUESTION, ...routing } as never);
        const { model, costDetails, metadata } = await only();
        expect({ model, costDetails }).toEqual({ model: 'gpt-served', costDetails: { total: 0.00042 } });
        expect(metadata).toMatchObject({
          provider: 'Fireworks',
          requestedModel: 'gpt-asked',
          requestedProvider: '{"order":["Fireworks"]}',
          requestedModels: '["gpt-asked","other"]',
        });
      });

      it("OpenRouter's fee and the upstream cost together, where the key is one's own", async () => {
        const usage = { ...USAGE, cost: 0.1, cost_details: { upstream_inference_cost: 2 }, is_byok: true };
        const { client } = await open({ json: completion({ content: 'a' }, { usage }) });
        await client.chat.completions.create(QUESTION);
        expect((await only()).costDetails).toEqual({ total: 2.1 });
      });

      it('a failure: its status, class and message', async () => {
        const { client } = await open({ status: 400, json: refused('too long') });
        await seen(client.chat.completions.create(QUESTION));
        expect(await only()).toMatchObject({
          level: 'ERROR',
          statusMessage: 'BadRequestError: 400 too long',
          model: 'gpt-asked',
          metadata: {
            statusCode: '400',
            errorCode: 'bad_thing',
            errorType: 'invalid_request_error',
            requestId: 'req_scripted',
          },
        });
      });

      it('one generation for a call that was retried', async () => {
        const again = { status: 429, json: refused('later'), headers: { 'retry-after-ms': '1' } };
        const { client, server } = await open((index) => (index < 2 ? again : HELLO), {}, { maxRetries: 2 });
        await client.chat.completions.create(QUESTION);
        expect(server.requests).toHaveLength(3);
        expect((await only()).level).toBe('DEFAULT');
      });

      it.each([
        ['before the answer', { ends: 'silent' }],
        ['while the answer came', { json: {}, ends: 'hold' }],
      ] as const)('an abort by the caller %s as a warning', async (_, reply) => {
        const { client, server } = await open(reply);
        const controller = new AbortController();
        const promise = client.chat.completions.create(QUESTION, { signal: controller.signal });
        const end = seen(promise);
        while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
        if (reply.ends === 'hold') await promise.asResponse();
        controller.abort();
        await end;
        expect(await only()).toMatchObject({ level: 'WARNING', statusMessage: 'aborted' });
      });

      it('a timeout as an error', async () => {
        const { client } = await open({ ends: 'silent' });
        await seen(client.chat.completions.create(QUESTION, { timeout: 50 }));
        expect(await only()).toMatchObject({
          level: 'ERROR',
          statusMessage: 'APIConnectionTimeoutError: Request timed out.',
        });
      });

      it('an answer that is no JSON', async () => {
        const { client } = await open({ text: '<html>', headers: { 'content-type': 'text/html' } });
        await client.chat.completions.create(QUESTION);
        expect((await only()).output).toBe('<html>');
      });

      it('nothing of prompt and answer where they are not to be captured, but the rest', async () => {
        const { client } = await open((index) => (index === 0 ? HELLO : HELLO_STREAM), {
          captureInput: false,
          captureOutput: false,
        });
        await client.chat.completions.create(QUESTION);
        await drained(await client.chat.completions.create(STREAMED));
        for (const recorded of await tracing.take()) {
          expect(recorded).toMatchObject({ model: 'gpt-served', usageDetails: HELLO_USAGE });
          expect([recorded.input, recorded.output]).toEqual([undefined, undefined]);
        }
      });
    });

    describe('the ways to take an answer', () => {
      it('withResponse: the answer, once', async () => {
        const { client } = await open(HELLO);
        await client.chat.completions.create(QUESTION).withResponse();
        expect(await only()).toMatchObject({ output: { content: 'Xin chào!' }, usageDetails: HELLO_USAGE });
      });

      it('asResponse: ends when the response is handed over', async () => {
        const { client } = await open(HELLO);
        const raw = await client.chat.completions.create(QUESTION).asResponse();
        expect(await only()).toMatchObject({
          level: 'DEFAULT',
          statusMessage: 'the raw response was handed over',
          metadata: { statusCode: '200' },
          output: undefined,
        });
        await raw.text();
      });

      it('asResponse of parse()', async () => {
        const { client } = await open(HELLO);
        await (await client.chat.completions.parse(QUESTION).asResponse()).text();
        expect((await only()).statusMessage).toBe('the raw response was handed over');
      });

      it('parse: one generation, with what the provider sent', async () => {
        const { client } = await open({ json: completion({ content: '{"a":1}' }) });
        const format = { type: 'json_schema' as const, json_schema: { name: 'x', schema: {} } };
        await client.chat.completions.parse({ ...QUESTION, response_format: format });
        const { output } = await only();
        expect(output).toMatchObject({ content: '{"a":1}' });
        expect(output).not.toHaveProperty('parsed');
      });

      it('stream(): one generation', async () => {
        const { client } = await open(HELLO_STREAM);
        await client.chat.completions.stream(QUESTION).finalChatCompletion();
        expect(await only()).toMatchObject({
          output: { content: 'Xin chào!' },
          usageDetails: HELLO_USAGE,
          level: 'DEFAULT',
        });
      });

      it('stream() that is aborted: a warning, with what had come', async () => {
        const { client } = await open({ events: HELLO_CHUNKS.slice(0, 2), ends: 'hold' });
        const stream = client.chat.completions.stream(QUESTION);
        stream.on('content', () => stream.abort());
        await seen(stream.done());
        expect(await only()).toMatchObject({ level: 'WARNING', statusMessage: 'aborted', output: { content: 'Xin ' } });
      });

      it('runTools: a generation for each request, and the tool beside them', async () => {
        const { client } = await open((index) =>
          index === 0 ? { json: completion({ tool_calls: PARALLEL_CALLS.slice(0, 1) }) } : HELLO,
        );
        const getTime = observe(() => 'noon', { name: 'get_time', type: 'tool', client: tracing.client });
        const tool = { name: 'get_time', parse: JSON.parse, function: getTime, parameters: {}, description: '' };
        await observe(
          () =>
            client.chat.completions
              .runTools({ ...QUESTION, tools: [{ type: 'function', function: tool }] as never })
              .finalContent(),
          { name: 'turn', client: tracing.client },
        )();
        const all = await tracing.take();
        const [turn] = all;
        expect(all.map(({ name: each }) => each)).toEqual([
          'turn',
          'openai.chat.completions',
          'get_time',
          'openai.chat.completions',
        ]);
        for (const child of all.slice(1)) expect(child.parentSpanId).toBe(turn?.spanId);
        expect(all[1]?.output).toMatchObject({ tool_calls: [{ id: 'call_a' }] });
      });
    });

    describe('streams', () => {
      it('answer, usage and time to first token', async () => {
        const { client } = await open(HELLO_STREAM);
        await drained(await client.chat.completions.create({ ...STREAMED, stream_options: { include_usage: true } }));
        const recorded = await only();
        expect(recorded).toMatchObject({
          model: 'gpt-served',
          output: { role: 'assistant', content: 'Xin chào!' },
          usageDetails: HELLO_USAGE,
          metadata: { finishReason: 'stop', responseId: 'chatcmpl-1' },
          parameters: { stream: true },
          level: 'DEFAULT',
          statusMessage: undefined,
        });
        expect(recorded.completionStartTimeUnixNano).toBeDefined();
      });

      it('the first token is the first chunk with a part of the answer', async () => {
        const { client } = await open({
          events: [chunk({ role: 'assistant', content: '' }), chunk({}, { finish: 'stop' })],
        });
        await drained(await client.chat.completions.create(STREAMED));
        expect((await only()).completionStartTimeUnixNano).toBeUndefined();
      });

      it('parallel tool calls by their index', async () => {
        const { client } = await open({ events: PARALLEL_CALL_CHUNKS });
        await drained(await client.chat.completions.create(STREAMED));
        expect((await only()).output).toEqual({ role: 'assistant', content: null, tool_calls: PARALLEL_CALLS });
      });

      it('several choices, refusal and reasoning', async () => {
        const { client } = await open({
          events: [
            chunk({ role: 'assistant', reasoning_content: 'h' }),
            chunk({ reasoning_content: 'm' }),
            chunk({ content: 'b' }, { index: 1 }),
            chunk({ content: 'a' }),
            chunk({ refusal: 'no' }, { index: 1, finish: 'stop' }),
          ],
        });
        await drained(await client.chat.completions.create(STREAMED));
        expect((await only()).output).toEqual([
          { role: 'assistant', content: 'a', reasoning_content: 'hm' },
          { role: 'assistant', content: 'b', refusal: 'no' },
        ]);
      });

      it('an early break: what had come, and that it was not read to its end', async () => {
        const { client } = await open({ events: HELLO_CHUNKS.slice(0, 3), ends: 'hold' });
        for await (const item of await client.chat.completions.create(STREAMED)) {
          if (item.choices[0]?.delta.content === 'chào') break;
        }
        expect(await only()).toMatchObject({
          level: 'DEFAULT',
          statusMessage: 'the stream was not read to its end',
          output: { content: 'Xin chào' },
          costDetails: {},
        });
      });

      it('a break behind the end of the answer is none', async () => {
        const { client } = await open(HELLO_STREAM);
        for await (const item of await client.chat.completions.create(STREAMED)) {
          if (item.choices[0]?.finish_reason === 'stop') break;
        }
        expect(await only()).toMatchObject({ statusMessage: undefined, output: { content: 'Xin chào!' } });
      });

      it('an error in mid-stream, with what had come', async () => {
        const { client } = await open({ events: [...HELLO_CHUNKS.slice(0, 2), refused('broke')] });
        await drained(await client.chat.completions.create(STREAMED));
        const { level, statusMessage, output } = await only();
        expect([level, output]).toEqual(['ERROR', { role: 'assistant', content: 'Xin ' }]);
        expect(statusMessage).toContain('broke');
      });

      it('a connection that is cut is an error', async () => {
        const { client } = await open({ events: HELLO_CHUNKS.slice(0, 2), ends: 'cut' });
        await drained(await client.chat.completions.create(STREAMED));
        expect(await only()).toMatchObject({ level: 'ERROR' });
      });

      it('an abort before the first chunk, though nobody reads', async () => {
        const { client } = await open({ events: HELLO_CHUNKS.slice(0, 2), ends: 'hold' });
        const stream = await client.chat.completions.create(STREAMED);
        stream.controller.abort();
        expect(await only()).toMatchObject({ level: 'WARNING', statusMessage: 'aborted', output: undefined });
      });

      it('an abort after a chunk, though nobody reads on', async () => {
        const { client } = await open({ events: HELLO_CHUNKS.slice(0, 2), ends: 'hold' });
        const stream = await client.chat.completions.create(STREAMED);
        const iterator = stream[Symbol.asyncIterator]();
        await iterator.next();
        await iterator.next();
        stream.controller.abort();
        expect(await only()).toMatchObject({ level: 'WARNING', statusMessage: 'aborted', output: { content: 'Xin ' } });
      });

      it('an abort while a chunk is awaited', async () => {
        const { client } = await open({ events: HELLO_CHUNKS.slice(0, 2), ends: 'hold' });
        const stream = await client.chat.completions.create(STREAMED);
        const iterator = stream[Symbol.asyncIterator]();
        const steps = [iterator.next(), iterator.next(), iterator.next()];
        await steps[1];
        stream.controller.abort();
        expect(await steps[2]).toEqual({ value: undefined, done: true });
        expect(await only()).toMatchObject({ level: 'WARNING', statusMessage: 'aborted', output: { content: 'Xin ' } });
      });

      it('an abort in the loop', async () => {
        const { client } = await open({ events: HELLO_CHUNKS.slice(0, 2), ends: 'hold' });
        const stream = await client.chat.completions.create(STREAMED);
        for await (const item of stream) if (item.choices[0]?.delta.content === 'Xin ') stream.controller.abort();
        expect(await only()).toMatchObject({ level: 'WARNING', statusMessage: 'aborted', output: { content: 'Xin ' } });
      });

      it('both branches of a tee as one', async () => {
        const { client } = await open(HELLO_STREAM);
        const branches = (await client.chat.completions.create(STREAMED)).tee();
        await Promise.all(branches.map(drained));
        expect((await only()).output).toEqual({ role: 'assistant', content: 'Xin chào!' });
      });

      it('a stream that is read as bytes, and one whose bytes are cancelled', async () => {
        const { client } = await open(HELLO_STREAM);
        const stream = await client.chat.completions.create(STREAMED);
        await drained(stream.toReadableStream() as never);
        const other = (await client.chat.completions.create(STREAMED)).toReadableStream().getReader();
        await other.read();
        await other.cancel();
        const [first, second] = await tracing.take();
        expect(first?.output).toMatchObject({ content: 'Xin chào!' });
        // Version 7 aborts the request itself when its bytes are cancelled, before it closes the iterator.
        const ends = library.name === 'openai-7' ? 'aborted' : 'the stream was not read to its end';
        expect(second?.statusMessage).toBe(ends);
      });

      it('a second reader changes nothing', async () => {
        const { client } = await open(HELLO_STREAM);
        const stream = await client.chat.completions.create(STREAMED);
        const iterator = stream[Symbol.asyncIterator]();
        await iterator.next();
        await seen(() => stream[Symbol.asyncIterator]().next());
        for (let step = await iterator.next(); step.done !== true; step = await iterator.next());
        expect(await only()).toMatchObject({ level: 'DEFAULT', output: { content: 'Xin chào!' } });
      });

      it('an answer without end is kept up to a mark', async () => {
        const text = 'x'.repeat(300_000);
        const { client } = await open({ events: Array.from({ length: 5 }, () => chunk({ content: text })) });
        await drained(await client.chat.completions.create(STREAMED));
        expect(JSON.stringify((await only()).output)).toMatch(/…\[\+\d+ characters\]/);
      });
    });

    describe('answers that nobody reads', () => {
      // What is dropped must not be held by a variable of the test.
      async function dropped(client: OpenAI, how: 'stream' | 'begun' | 'promise'): Promise<void> {
        if (how === 'promise') {
          const promise = client.chat.completions.create(QUESTION);
          await (promise as never as { responsePromise: Promise<unknown> }).responsePromise;
          return;
        }
        const stream = await client.chat.completions.create(STREAMED);
        if (how === 'begun') await stream[Symbol.asyncIterator]().next();
      }

      it.each(['stream', 'begun', 'promise'] as const)('end when they are collected as garbage: %s', async (how) => {
        const { client } = await open(how === 'promise' ? HELLO : HELLO_STREAM);
        await dropped(client, how);
        for (let round = 0; round < 200 && tracing.client.stats().open > 0; round++) {
          collectGarbage();
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        expect(await only()).toMatchObject({ level: 'WARNING', statusMessage: 'the answer was dropped unread' });
      });

      it('live on while a branch of a tee is read', async () => {
        const { client } = await open(HELLO_STREAM);
        const branch = async () => (await client.chat.completions.create(STREAMED)).tee()[1];
        const right = await branch();
        for (let round = 0; round < 5; round++) {
          collectGarbage();
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await drained(right);
        expect(await only()).toMatchObject({ level: 'DEFAULT', output: { content: 'Xin chào!' } });
      });
    });

    describe('the Responses API', () => {
      const ASKED = { model: 'gpt-asked', input: 'Xin chào?' };
      const RESPONSE_COUNTS = {
        input: 30,
        input_cached_tokens: 20,
        output: 20,
        output_reasoning_tokens: 10,
        total: 80,
      };

      it('a whole response', async () => {
        const { client } = await open({ json: response() });
        await client.responses.create({ ...ASKED, reasoning: { effort: 'low' }, max_output_tokens: 50 });
        const recorded = await only();
        expect(recorded).toMatchObject({
          name: 'openai.responses',
          type: 'generation',
          model: 'gpt-served',
          input: 'Xin chào?',
          parameters: { reasoning: { effort: 'low' }, max_output_tokens: 50 },
          usageDetails: RESPONSE_COUNTS,
          metadata: { responseId: 'resp_1', requestedModel: 'gpt-asked' },
        });
        expect(recorded.output).toMatchObject([{ type: 'message', content: [{ text: 'Xin chào!' }] }]);
      });

      it('instructions and tools beside the input', async () => {
        const { client } = await open({ json: response() });
        await client.responses.create({ ...ASKED, instructions: 'Be kind.', tools: [{ type: 'web_search' }] });
        expect((await only()).input).toEqual({
          input: 'Xin chào?',
          instructions: 'Be kind.',
          tools: [{ type: 'web_search' }],
        });
      });

      it('a stream, from its last event', async () => {
        const { client } = await open({ events: responseEvents(), named: true });
        await drained(await client.responses.create({ ...ASKED, stream: true }));
        const recorded = await only();
        expect(recorded).toMatchObject({ model: 'gpt-served', usageDetails: RESPONSE_COUNTS, level: 'DEFAULT' });
        expect(recorded.output).toMatchObject([{ content: [{ text: 'Xin chào!' }] }]);
        expect(recorded.completionStartTimeUnixNano).toBeDefined();
      });

      it('a function call', async () => {
        const { client } = await open({ events: callEvents(), named: true });
        await drained(await client.responses.create({ ...ASKED, stream: true }));
        expect((await only()).output).toEqual([CALL_ITEM]);
      });

      it.each([
        ['a text', responseEvents().slice(0, 6), [{ type: 'message', content: [{ text: 'Xin chào!' }] }]],
        ['a call', callEvents().slice(0, 3), [{ type: 'function_call', name: 'get_time', arguments: '{"city":' }]],
      ])('what had come of %s when the reader left', async (_, events, output) => {
        const { client } = await open({ events, named: true, ends: 'hold' });
        let read = 0;
        for await (const _event of await client.responses.create({ ...ASKED, stream: true })) {
          if (++read === events.length) break;
        }
        const recorded = await only();
        expect(recorded).toMatchObject({ statusMessage: 'the stream was not read to its end', model: 'gpt-served' });
        expect(recorded.output).toMatchObject(output);
      });

      it('a failed response is an error, whole and streamed', async () => {
        const failure = { status: 'failed', error: { code: 'server_error', message: 'broke' } };
        const { client } = await open((index) =>
          index === 0
            ? { json: response(failure) }
            : { events: responseEvents('response.failed', failure), named: true },
        );
        await client.responses.create(ASKED);
        await drained(await client.responses.create({ ...ASKED, stream: true }));
        for (const recorded of await tracing.take()) {
          expect(recorded).toMatchObject({
            level: 'ERROR',
            statusMessage: 'server_error: broke',
            metadata: { status: 'failed' },
          });
        }
      });

      it('an incomplete response says why, and is no error', async () => {
        const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
        const { client } = await open({ events: responseEvents('response.incomplete', cut), named: true });
        await drained(await client.responses.create({ ...ASKED, stream: true }));
        expect(await only()).toMatchObject({
          level: 'DEFAULT',
          statusMessage: 'incomplete: max_output_tokens',
          metadata: { status: 'incomplete', incompleteReason: 'max_output_tokens' },
        });
      });

      it('an error event is an error', async () => {
        const { client } = await open({
          events: [responseEvents()[0], { type: 'error', code: 'server_error', message: 'broke', param: null }],
          named: true,
        });
        await drained(await client.responses.create({ ...ASKED, stream: true }));
        const { level, statusMessage } = await only();
        expect(level).toBe('ERROR');
        expect(statusMessage).toContain('broke');
      });

      it('parse() and stream() as one generation each, retrieve() as none', async () => {
        const { client } = await open((index) =>
          index === 1 ? { events: responseEvents(), named: true } : { json: response() },
        );
        await client.responses.parse(ASKED);
        await client.responses.stream(ASKED).finalResponse();
        await client.responses.retrieve('resp_1');
        expect((await tracing.take()).map(({ usageDetails }) => usageDetails)).toEqual([
          RESPONSE_COUNTS,
          RESPONSE_COUNTS,
        ]);
      });
    });

    describe('other methods', () => {
      it('embeddings: how many and how long, not the vectors', async () => {
        const { client } = await open((_, body) => ({
          json: embeddings(body.includes('base64') ? 'base64' : 'float'),
        }));
        const body = { model: 'embed-asked', input: ['một', 'hai'] };
        await client.embeddings.create(body);
        await client.embeddings.create({ ...body, encoding_format: 'float' });
        await client.embeddings.create({ ...body, encoding_format: 'base64' });
        const all = await tracing.take();
        expect(all).toHaveLength(3);
        for (const recorded of all) {
          expect(recorded).toMatchObject({
            name: 'openai.embeddings',
            type: 'embedding',
            model: 'embed-served',
            input: ['một', 'hai'],
            output: { embeddings: 2, dimensions: 3 },
            usageDetails: { input: 7, total: 7 },
          });
        }
      });

      it('completions, whole and streamed', async () => {
        const body = (text: string) => ({
          id: 'c',
          model: 'gpt-served',
          choices: [{ index: 0, text, finish_reason: null }],
        });
        const { client } = await open((index) =>
          index === 0 ? { json: { ...body('once'), usage: USAGE } } : { events: [body('on'), body('ce')] },
        );
        await client.completions.create({ model: 'm', prompt: 'p' });
        await drained(await client.completions.create({ model: 'm', prompt: 'p', stream: true }));
        const all = await tracing.take();
        expect(all.map(({ output, input, type }) => [type, input, output])).toEqual([
          ['generation', 'p', 'once'],
          ['generation', 'p', 'once'],
        ]);
      });

      it('images and speech without their bytes, moderations with their verdict', async () => {
        const { client } = await open((index) =>
          index === 0
            ? {
                json: {
                  created: 1,
                  data: [{ b64_json: 'AAAA' }],
                  usage: { input_tokens: 5, output_tokens: 9, total_tokens: 14 },
                },
              }
            : index === 1
              ? { text: 'SOUND', headers: { 'content-type': 'audio/mpeg' } }
              : { json: { id: 'modr', model: 'mod-served', results: [{ flagged: false }] } },
        );
        await client.images.generate({ model: 'gpt-image', prompt: 'a cat', size: '1024x1024' });
        await (await client.audio.speech.create({ model: 'tts', input: 'chào', voice: 'alloy' })).text();
        await client.moderations.create({ input: 'x' });
        const [image, speech, moderation] = await tracing.take();
        expect(image).toMatchObject({
          name: 'openai.images.generate',
          model: 'gpt-image',
          input: 'a cat',
          output: undefined,
        });
        expect(image?.usageDetails).toEqual({ input: 5, output: 9, total: 14 });
        expect(speech).toMatchObject({ name: 'openai.audio.speech', model: 'tts', input: 'chào', output: undefined });
        expect(moderation).toMatchObject({ name: 'openai.moderations', output: [{ flagged: false }] });
      });
    });

    describe('where it stands', () => {
      it('below the active observation, and above what happens during the request', async () => {
        const seenActive: unknown[] = [];
        const settings = {
          fetch: (url: string, init: RequestInit) => {
            seenActive.push(tracing.client.current?.id);
            return fetch(url, init);
          },
        };
        const { client } = await open(HELLO, {}, settings);
        await observe(() => client.chat.completions.create(QUESTION), { name: 'step', client: tracing.client })();
        const [step, generation] = await tracing.take();
        expect(generation?.parentSpanId).toBe(step?.spanId);
        expect(seenActive).toEqual([generation?.spanId]);
      });

      it('the loop that reads a stream runs in its own context', async () => {
        const { client } = await open(HELLO_STREAM);
        const active: unknown[] = [];
        await observe(
          async () => {
            for await (const _ of await client.chat.completions.create(STREAMED))
              active.push(tracing.client.current?.type);
          },
          { name: 'step', type: 'agent', client: tracing.client },
        )();
        expect(new Set(active)).toEqual(new Set(['agent']));
      });

      it('with the options of the client, on every call', async () => {
        const { client } = await open(HELLO, {
          name: 'intent',
          metadata: { team: 'a' },
          sessionId: 's1',
          userId: 'u1',
          tags: ['t'],
          prompt: { name: 'greet', version: 3 },
        });
        await client.chat.completions.create(QUESTION);
        expect(await only()).toMatchObject({
          name: 'intent',
          metadata: { team: 'a', finishReason: 'stop' },
          sessionId: 's1',
          userId: 'u1',
          tags: ['t'],
          promptName: 'greet',
          promptVersion: '3',
        });
      });

      it('below the parent that was given', async () => {
        const parent = tracing.client.span({ name: 'given' });
        const { client } = await open(HELLO, { parent });
        await client.chat.completions.create(QUESTION);
        parent.end();
        const [given, generation] = await tracing.take();
        expect(generation?.parentSpanId).toBe(given?.spanId);
      });

      it('once, however often the client was observed, and of derived clients too', async () => {
        const { client } = await open(HELLO);
        expect(observeOpenAI(observeOpenAI(client))).toBe(client);
        const derived = client.withOptions({ timeout: 5_000 });
        await client.chat.completions.create(QUESTION);
        await derived.chat.completions.create(QUESTION);
        await derived.withOptions({}).chat.completions.create(QUESTION);
        expect(await tracing.take()).toHaveLength(3);
      });

      it('with options of its own where a copy of the client is observed', async () => {
        const { client } = await open(HELLO, { sessionId: 'all' });
        const options = { client: tracing.client, sessionId: 'mine' };
        await observeOpenAI(client.withOptions({}), options).chat.completions.create(QUESTION);
        await client.chat.completions.create(QUESTION);
        expect((await tracing.take()).map(({ sessionId }) => sessionId)).toEqual(['mine', 'all']);
      });

      it('of AzureOpenAI', async () => {
        const { server } = await open(HELLO);
        const settings = { baseURL: server.url, apiKey: 'k', apiVersion: '2024-10-01' };
        const client = observeOpenAI(new library.AzureOpenAI(settings), { client: tracing.client });
        await client.chat.completions.create(QUESTION);
        expect((await only()).model).toBe('gpt-served');
      });
    });

    it('traces nothing, and follows nothing, of a trace that is sampled out or a client that is off', async () => {
      const { client: bare } = await open(HELLO);
      for (const options of [{ sampleRate: 0 }, { enabled: false }]) {
        const silent = await openTracing(options);
        const client = observeOpenAI(new library.OpenAI({ baseURL: bare.baseURL, apiKey: 'k' }), {
          client: silent.client,
        });
        const promise = client.chat.completions.create(QUESTION);
        expect(Object.getOwnPropertyDescriptor(promise, 'asResponse')).toBeUndefined();
        expect((await promise).id).toBe('chatcmpl-1');
        expect(silent.client.stats().open).toBe(0);
        expect(await silent.take()).toEqual([]);
        await silent.close();
      }
    });
  });
}
