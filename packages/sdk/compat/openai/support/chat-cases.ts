import type OpenAI from 'openai-6';
import { z } from 'zod';
import { chunk, completion, HELLO_CHUNKS, PARALLEL_CALL_CHUNKS, PARALLEL_CALLS, refused } from './answers.js';
import type { ParityCase } from './parity.js';
import { classesOf, drained, seen, unhandledDuring } from './seen.js';

export const QUESTION = { model: 'gpt-asked', messages: [{ role: 'user' as const, content: 'Xin chào?' }] };
export const STREAMED = { ...QUESTION, stream: true as const };

const hello = () => ({ json: completion({ content: 'Xin chào!' }) });
const helloStream = () => ({ events: HELLO_CHUNKS });
const calls = () => ({ json: completion({ tool_calls: PARALLEL_CALLS }) });

type Stream = Awaited<ReturnType<OpenAI['chat']['completions']['create']>> & AsyncIterable<unknown>;

async function streamOf(client: OpenAI): Promise<Stream & { controller: AbortController; tee(): Stream[] }> {
  return (await client.chat.completions.create(STREAMED)) as never;
}

async function textOfBody(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) text += decoder.decode(bytes, { stream: true });
  return text;
}

const JSON_ANSWER = { json: completion({ content: '{"word":"táo"}' }) };
const Word = z.object({ word: z.string() });

/** Whole answers and the promise that they come in. */
export const WHOLE_CASES: ParityCase[] = [
  {
    name: 'a whole answer, with its request id and no key more or less',
    script: hello,
    run: async ({ client }) => {
      const answer = await client.chat.completions.create(QUESTION);
      return { answer, id: answer._request_id, keys: Object.getOwnPropertyNames(answer) };
    },
  },
  {
    name: 'the promise is an APIPromise whose enumerable properties are the same',
    script: hello,
    run: async ({ client }) => {
      const promise = client.chat.completions.create(QUESTION);
      const looks = { classes: classesOf(promise), keys: Object.keys(promise), tag: String(promise) };
      return { looks, answer: await promise };
    },
  },
  {
    name: 'nothing is read before somebody waits, and then once',
    script: hello,
    run: async ({ client }) => {
      const promise = client.chat.completions.create(QUESTION);
      const response = await promise.asResponse();
      const before = response.bodyUsed;
      const [first, second] = [await promise, await promise];
      return { before, after: response.bodyUsed, same: first === second, first };
    },
  },
  {
    name: 'then, catch and finally',
    script: hello,
    run: async ({ client }) => {
      let order = '';
      const make = () => client.chat.completions.create(QUESTION);
      const then = await make().then(({ id }) => id);
      const caught = await make().catch(() => 'never');
      const finished = await make().finally(() => {
        order += 'finally';
      });
      return { then, caught, finished, order };
    },
  },
  {
    name: 'withResponse gives data, response and request id',
    script: hello,
    run: async ({ client }) => {
      const { data, response, request_id } = await client.chat.completions.create(QUESTION).withResponse();
      return { data, request_id, status: response.status, used: response.bodyUsed, classes: classesOf(response) };
    },
  },
  {
    name: 'withResponse of a stream',
    script: helloStream,
    run: async ({ client }) => {
      const { data, response } = await client.chat.completions.create(STREAMED).withResponse();
      return { status: response.status, classes: classesOf(data), read: await drained(data) };
    },
  },
  {
    name: 'asResponse hands over a body that nobody has read',
    script: hello,
    run: async ({ client }) => {
      const response = await client.chat.completions.create(QUESTION).asResponse();
      return { used: response.bodyUsed, body: await response.json() };
    },
  },
  {
    name: 'asResponse of a stream',
    script: helloStream,
    run: async ({ client }) => (await client.chat.completions.create(STREAMED).asResponse()).text(),
  },
  {
    name: '_thenUnwrap, with what it passes on',
    script: hello,
    run: async ({ client }) => {
      const promise = client.chat.completions.create(QUESTION) as never as {
        _thenUnwrap(fn: (value: { id: string }, props: { options: { path: string } }) => unknown): PromiseLike<unknown>;
      };
      const derived = promise._thenUnwrap(({ id }, { options }) => ({ id, path: options.path }));
      return { derived: await derived, classes: classesOf(derived) };
    },
  },
  {
    name: 'parse with a schema',
    script: () => JSON_ANSWER,
    run: ({ client, library }) =>
      client.chat.completions.parse({ ...QUESTION, response_format: library.zodResponseFormat(Word, 'word') }),
  },
  {
    name: 'parse().withResponse() and parse().asResponse()',
    script: () => JSON_ANSWER,
    run: async ({ client, library }) => {
      const body = { ...QUESTION, response_format: library.zodResponseFormat(Word, 'word') };
      const { data, response } = await client.chat.completions.parse(body).withResponse();
      const raw = await client.chat.completions.parse(body).asResponse();
      return { parsed: data.choices[0]?.message.parsed, status: response.status, text: await raw.text() };
    },
  },
  {
    name: 'parse of an answer that was cut throws the error of the helper',
    script: () => ({ json: completion({ content: '{"wor' }, { choices: [cutChoice()] }) }),
    run: ({ client, library }) =>
      seen(client.chat.completions.parse({ ...QUESTION, response_format: library.zodResponseFormat(Word, 'word') })),
  },
  {
    name: 'several choices, tool calls, a refusal',
    script: (_, index) =>
      index === 0
        ? { json: completion({ content: 'a' }, {}, [{ content: 'b' }]) }
        : index === 1
          ? calls()
          : { json: completion({ refusal: 'no' }) },
    run: async ({ client }) => [
      await client.chat.completions.create({ ...QUESTION, n: 2 }),
      await client.chat.completions.create(QUESTION),
      await client.chat.completions.create(QUESTION),
    ],
  },
];

function cutChoice(): object {
  return { index: 0, finish_reason: 'length', message: { role: 'assistant', content: '{"wor', refusal: null } };
}

/** Streams. */
export const STREAM_CASES: ParityCase[] = [
  {
    name: 'a stream: class, keys, chunks in order',
    script: helloStream,
    run: async ({ client }) => {
      const stream = await streamOf(client);
      const looks = { classes: classesOf(stream), keys: Object.keys(stream), controller: classesOf(stream.controller) };
      const iterator = stream[Symbol.asyncIterator]();
      const kinds = ['next', 'return', 'throw'].map((name) => typeof (iterator as never)[name]);
      stream.controller.abort();
      return {
        looks,
        kinds,
        tag: String(iterator),
        own: Object.keys(iterator),
        read: await drained(await streamOf(client)),
      };
    },
  },
  {
    name: 'a stream can be read once only',
    script: helloStream,
    run: async ({ client }) => {
      const stream = await streamOf(client);
      return [await drained(stream), await drained(stream)];
    },
  },
  {
    name: 'a second reader fails and leaves the first alone',
    script: helloStream,
    run: async ({ client }) => {
      const stream = await streamOf(client);
      const first = stream[Symbol.asyncIterator]();
      const begun = await first.next();
      const second = await seen(() => stream[Symbol.asyncIterator]().next());
      const rest: unknown[] = [];
      for (let step = await first.next(); step.done !== true; step = await first.next()) rest.push(step.value);
      return { begun, second, rest };
    },
  },
  {
    name: 'an early break aborts the request',
    script: () => ({ events: HELLO_CHUNKS.slice(0, 3), ends: 'hold' }),
    run: async ({ client, server }) => {
      const stream = await streamOf(client);
      const items: unknown[] = [];
      for await (const item of stream) if (items.push(item) === 2) break;
      await server.abandoned();
      return { items, aborted: stream.controller.signal.aborted, after: await drained(stream) };
    },
  },
  {
    name: 'a throw in the loop aborts the request and comes through',
    script: () => ({ events: HELLO_CHUNKS.slice(0, 3), ends: 'hold' }),
    run: async ({ client, server }) => {
      const stream = await streamOf(client);
      const thrown = await seen(async () => {
        for await (const _ of stream) throw new RangeError('mine');
      });
      await server.abandoned();
      return { thrown, aborted: stream.controller.signal.aborted };
    },
  },
  {
    name: 'abort before the first chunk is read',
    script: () => ({ events: HELLO_CHUNKS.slice(0, 2), ends: 'hold' }),
    run: async ({ client, server }) => {
      const stream = await streamOf(client);
      stream.controller.abort();
      await server.abandoned();
      return drained(stream);
    },
  },
  {
    name: 'abort after the first chunk',
    script: () => ({ events: HELLO_CHUNKS.slice(0, 1), ends: 'hold' }),
    run: async ({ client, server }) => {
      const stream = await streamOf(client);
      const items: unknown[] = [];
      const end = await seen(async () => {
        for await (const item of stream) {
          items.push(item);
          stream.controller.abort();
        }
      });
      await server.abandoned();
      return { items, end };
    },
  },
  {
    name: "abort by the request's own signal, in mid-stream",
    script: () => ({ events: HELLO_CHUNKS.slice(0, 1), ends: 'hold' }),
    run: async ({ client, server }) => {
      const controller = new AbortController();
      const stream = await client.chat.completions.create(STREAMED, { signal: controller.signal });
      const items: unknown[] = [];
      const end = await seen(async () => {
        for await (const item of stream) {
          items.push(item);
          controller.abort(new RangeError('mine'));
        }
      });
      await server.abandoned();
      return { items, end };
    },
  },
  {
    name: 'an error event in mid-stream',
    script: () => ({ events: [...HELLO_CHUNKS.slice(0, 2), refused('broke'), ...HELLO_CHUNKS.slice(2)] }),
    run: async ({ client }) => drained(await streamOf(client)),
  },
  {
    name: 'a chunk that is not JSON',
    script: () => ({ events: [HELLO_CHUNKS[1], '{"id":'] }),
    run: async ({ client }) => drained(await streamOf(client)),
  },
  {
    name: 'a connection that is cut in mid-stream',
    script: () => ({ events: HELLO_CHUNKS.slice(0, 2), ends: 'cut' }),
    run: async ({ client }) => drained(await streamOf(client)),
  },
  {
    name: 'a stream without its [DONE]',
    script: () => ({ events: HELLO_CHUNKS, ends: 'plain' }),
    run: async ({ client }) => drained(await streamOf(client)),
  },
  {
    name: 'an empty stream',
    script: () => ({ events: [] }),
    run: async ({ client }) => drained(await streamOf(client)),
  },
  {
    name: 'tee: both branches, read side by side',
    script: helloStream,
    run: async ({ client }) => {
      const branches = (await streamOf(client)).tee();
      return { classes: branches.map(classesOf), read: await Promise.all(branches.map(drained)) };
    },
  },
  {
    name: 'tee: one branch left early',
    script: helloStream,
    run: async ({ client }) => {
      const [left, right] = (await streamOf(client)).tee() as [Stream, Stream];
      for await (const _ of left) break;
      return drained(right);
    },
  },
  {
    name: 'toReadableStream',
    script: helloStream,
    run: async ({ client }) => textOfBody((await streamOf(client)).toReadableStream() as never),
  },
  {
    name: 'toReadableStream, cancelled',
    script: () => ({ events: HELLO_CHUNKS.slice(0, 2), ends: 'hold' }),
    run: async ({ client, server }) => {
      const stream = await streamOf(client);
      const reader = (stream.toReadableStream() as ReadableStream<Uint8Array>).getReader();
      const first = await reader.read();
      await reader.cancel();
      await server.abandoned();
      return { bytes: first.value?.length, aborted: stream.controller.signal.aborted };
    },
  },
  {
    name: 'steps asked for at once, without waiting',
    script: helloStream,
    run: async ({ client }) => {
      const iterator = (await streamOf(client))[Symbol.asyncIterator]();
      return Promise.all(Array.from({ length: 9 }, () => iterator.next()));
    },
  },
  {
    name: 'parallel tool calls whose deltas are interleaved',
    script: () => ({ events: PARALLEL_CALL_CHUNKS }),
    run: async ({ client }) => drained(await streamOf(client)),
  },
  {
    name: 'several choices, refusal and reasoning in a stream',
    script: () => ({
      events: [
        chunk({ role: 'assistant', reasoning_content: 'hm' }),
        chunk({ content: 'b' }, { index: 1 }),
        chunk({ content: 'a' }),
        chunk({ refusal: 'no' }, { index: 1 }),
      ],
    }),
    run: async ({ client }) => drained(await streamOf(client)),
  },
  {
    name: 'failing steps that nobody handles stay unhandled',
    script: () => ({ events: [HELLO_CHUNKS[1], refused('broke')] }),
    run: async ({ client, server }) => {
      const iterator = (await streamOf(client))[Symbol.asyncIterator]();
      await iterator.next();
      return unhandledDuring(async () => {
        void iterator.next();
        await new Promise((resolve) => setTimeout(resolve, 20));
        return server;
      });
    },
  },
];

type Runner = {
  on(name: string, listener: (...args: unknown[]) => void): Runner;
  done(): Promise<void>;
  finalContent(): Promise<unknown>;
};

/** Names of the emitter's events in order. */
function namesOf(runner: unknown, names: readonly string[]): string[] {
  const order: string[] = [];
  for (const name of names) (runner as Runner).on(name, () => void order.push(name));
  return order;
}

const EVENTS = ['connect', 'chunk', 'content', 'message', 'chatCompletion', 'finalContent', 'error', 'abort', 'end'];

const TOOLS = [
  {
    type: 'function' as const,
    function: {
      name: 'get_time',
      parse: JSON.parse,
      function: ({ city }: { city: string }) => `noon in ${city}`,
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
      description: 'time',
    },
  },
];

const ONE_CALL = PARALLEL_CALLS.slice(0, 1);

/** The helpers of the library, which call the methods that are wrapped. */
export const HELPER_CASES: ParityCase[] = [
  {
    name: 'stream(): events and the final completion',
    script: helloStream,
    run: async ({ client }) => {
      const stream = client.chat.completions.stream(QUESTION);
      const order = namesOf(stream, EVENTS);
      return {
        classes: classesOf(stream),
        final: await stream.finalChatCompletion(),
        order,
        usage: await stream.totalUsage(),
      };
    },
  },
  {
    name: 'stream(): iterated, and as a readable stream',
    script: helloStream,
    run: async ({ client }) => [
      await drained(client.chat.completions.stream(QUESTION)),
      await textOfBody(client.chat.completions.stream(QUESTION).toReadableStream() as never),
    ],
  },
  {
    name: 'stream(): aborted',
    script: () => ({ events: HELLO_CHUNKS.slice(0, 2), ends: 'hold' }),
    run: async ({ client, server }) => {
      const stream = client.chat.completions.stream(QUESTION);
      const order = namesOf(stream, EVENTS);
      stream.on('content', () => stream.abort());
      const end = await seen(stream.done());
      await server.abandoned();
      return { order, end };
    },
  },
  {
    name: 'stream(): a request that is refused',
    script: () => ({ status: 400, json: refused('bad') }),
    run: async ({ client }) => {
      const stream = client.chat.completions.stream(QUESTION);
      const order = namesOf(stream, EVENTS);
      return { end: await seen(stream.finalChatCompletion()), order };
    },
  },
  {
    name: 'stream(): parallel tool calls put together',
    script: () => ({ events: PARALLEL_CALL_CHUNKS }),
    run: ({ client }) => client.chat.completions.stream(QUESTION).finalMessage(),
  },
  {
    name: 'runTools: two requests with a tool between them',
    script: (_, index) => (index === 0 ? { json: completion({ tool_calls: ONE_CALL }) } : hello()),
    run: async ({ client }) => {
      const runner = client.chat.completions.runTools({ ...QUESTION, tools: TOOLS as never });
      return { content: await runner.finalContent(), messages: runner.messages, usage: await runner.totalUsage() };
    },
  },
  {
    name: 'runTools, streamed',
    script: (_, index) => ({ events: index === 0 ? PARALLEL_CALL_CHUNKS : HELLO_CHUNKS }),
    run: async ({ client }) => {
      const runner = client.chat.completions.runTools({ ...QUESTION, stream: true, tools: TOOLS as never });
      return { content: await (runner as Runner).finalContent(), messages: runner.messages };
    },
  },
];
