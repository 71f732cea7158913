import type Anthropic from '@anthropic-ai/sdk';
import type { ArrivedRequest, Reply, ScriptedServer } from '../openai/support/scripted-server.js';
import { classesOf, drained, seen, unhandledDuring } from '../openai/support/seen.js';
import { ASKED, EVENTS, message, refused } from './answers.js';

/** What an application does with a client, and all that it sees of it. */
export interface AnthropicCase {
  readonly name: string;
  readonly script: (request: ArrivedRequest, index: number) => Reply;
  readonly settings?: object;
  readonly run: (client: Anthropic, server: ScriptedServer) => unknown;
}

const STREAMED = { ...ASKED, stream: true as const };
const whole = () => ({ json: message() });
const streamed = () => ({ events: EVENTS, named: true });
const begun = () => ({ events: EVENTS.slice(0, 8), named: true, ends: 'hold' as const });
const AGAIN = { 'retry-after-ms': '1' };

const EMITTED = ['connect', 'streamEvent', 'text', 'thinking', 'inputJson', 'contentBlock', 'message', 'finalMessage'];

function namesOf(stream: { on(name: never, listener: () => void): unknown }): string[] {
  const order: string[] = [];
  for (const name of [...EMITTED, 'error', 'abort', 'end']) stream.on(name as never, () => void order.push(name));
  return order;
}

const WHOLE: AnthropicCase[] = [
  {
    name: 'a whole message, its promise and its request id',
    script: whole,
    run: async (client) => {
      const promise = client.messages.create(ASKED);
      const looks = { classes: classesOf(promise), keys: Object.keys(promise) };
      const answer = await promise;
      return { looks, answer, id: answer._request_id, names: Object.getOwnPropertyNames(answer) };
    },
  },
  {
    name: 'withResponse and asResponse',
    script: whole,
    run: async (client) => {
      const { data, response, request_id } = await client.messages.create(ASKED).withResponse();
      const raw = await client.messages.create(ASKED).asResponse();
      return { data, status: response.status, request_id, used: raw.bodyUsed, text: await raw.text() };
    },
  },
  {
    name: 'parse',
    script: () => ({ json: message({ content: [{ type: 'text', text: '{"a":1}' }] }) }),
    run: (client) => client.messages.parse(ASKED),
  },
  {
    name: 'beta messages, whole and streamed',
    script: (_, index) => (index === 0 ? whole() : streamed()),
    run: async (client) => [
      await client.beta.messages.create({ ...ASKED, betas: ['x'] }),
      await drained(await client.beta.messages.create(STREAMED)),
    ],
  },
  {
    name: 'the tool runner of the beta',
    script: (_, index) =>
      index === 0 ? whole() : { json: message({ content: [{ type: 'text', text: 'noon' }], stop_reason: 'end_turn' }) },
    run: (client) =>
      client.beta.messages.toolRunner({
        ...ASKED,
        tools: [
          {
            name: 'get_time',
            type: 'custom',
            input_schema: { type: 'object' },
            run: () => 'noon',
            parse: (content: unknown) => content,
          } as never,
        ],
      }),
  },
  {
    name: 'counting tokens, which is no call of a model',
    script: () => ({ json: { input_tokens: 3 } }),
    run: (client) => client.messages.countTokens({ model: 'm', messages: ASKED.messages }),
  },
];

const STREAMS: AnthropicCase[] = [
  {
    name: 'a stream: class, keys, events in order',
    script: streamed,
    run: async (client) => {
      const stream = await client.messages.create(STREAMED);
      return { classes: classesOf(stream), keys: Object.keys(stream), read: await drained(stream) };
    },
  },
  {
    name: 'an early break',
    script: begun,
    run: async (client, server) => {
      const stream = await client.messages.create(STREAMED);
      const types: string[] = [];
      for await (const event of stream) if (types.push(event.type) === 3) break;
      await server.abandoned();
      return { types, aborted: stream.controller.signal.aborted };
    },
  },
  {
    name: 'an abort of a stream that is not read, and of one that is',
    script: begun,
    run: async (client, server) => {
      const unread = await client.messages.create(STREAMED);
      unread.controller.abort();
      await server.abandoned();
      const stream = await client.messages.create(STREAMED);
      const types: string[] = [];
      for await (const event of stream) {
        types.push(event.type);
        stream.controller.abort();
      }
      return [await drained(unread), types];
    },
  },
  {
    name: 'an error event in mid-stream',
    script: () => ({ events: [...EVENTS.slice(0, 8), refused('overloaded')], named: true }),
    run: async (client) => drained(await client.messages.create(STREAMED)),
  },
  {
    name: 'tee and toReadableStream',
    script: streamed,
    run: async (client) => {
      const branches = (await client.messages.create(STREAMED)).tee();
      const bytes = (await client.messages.create(STREAMED)).toReadableStream();
      const read = await Promise.all(branches.map(drained));
      return { read, text: await new Response(bytes as never).text() };
    },
  },
  {
    name: 'messages.stream(): what it emits and ends with',
    script: streamed,
    run: async (client) => {
      const stream = client.messages.stream(ASKED);
      const order = namesOf(stream);
      const final = await stream.finalMessage();
      return { classes: classesOf(stream), order, final, text: await stream.finalText(), id: stream.request_id };
    },
  },
  {
    name: 'messages.stream(), iterated, with its response, and of the beta',
    script: streamed,
    run: async (client) => {
      const { data, response } = await client.messages.stream(ASKED).withResponse();
      return [await drained(data), response.status, await client.beta.messages.stream(ASKED).finalMessage()];
    },
  },
  {
    name: 'messages.stream(), aborted',
    script: begun,
    run: async (client, server) => {
      const stream = client.messages.stream(ASKED);
      const order = namesOf(stream);
      stream.on('text', () => stream.abort());
      const end = await seen(stream.done());
      await server.abandoned();
      return { order, end };
    },
  },
];

const FAILURES: AnthropicCase[] = [
  ...[400, 401, 404, 429, 529].map(
    (status): AnthropicCase => ({
      name: `status ${status}`,
      script: () => ({ status, json: refused('no'), headers: AGAIN }),
      run: (client) => seen(client.messages.create(ASKED)),
    }),
  ),
  {
    name: 'a failure that is retried',
    script: (_, index) => (index < 2 ? { status: 529, json: refused('later'), headers: AGAIN } : whole()),
    settings: { maxRetries: 2 },
    run: (client) => client.messages.create(ASKED),
  },
  {
    name: 'a failure that nobody waits for is unhandled, once',
    script: () => ({ status: 400, json: refused('no') }),
    run: (client, server) =>
      unhandledDuring(async () => {
        void client.messages.create(ASKED);
        while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setTimeout(resolve, 30));
      }),
  },
  {
    name: 'a handled failure leaves nothing unhandled',
    script: () => ({ status: 400, json: refused('no') }),
    run: async (client) => {
      const ends: unknown[] = [];
      const unhandled = await unhandledDuring(async () => {
        ends.push(await seen(client.messages.create(ASKED).withResponse()));
        ends.push(await seen(client.messages.create(ASKED).asResponse()));
        ends.push(await seen(client.messages.parse(ASKED)));
        ends.push(await seen(client.messages.stream(ASKED).finalMessage()));
        ends.push(await seen(client.beta.messages.stream(ASKED).finalMessage()));
      });
      return { ends, unhandled };
    },
  },
  {
    name: "abort by the request's own signal",
    script: () => ({ ends: 'silent' }),
    run: async (client, server) => {
      const controller = new AbortController();
      const end = seen(client.messages.create(ASKED, { signal: controller.signal }));
      while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      return end;
    },
  },
  {
    name: 'withOptions',
    script: whole,
    run: async (client) => {
      const derived = client.withOptions({ maxRetries: 1 });
      return { classes: classesOf(derived), answer: await derived.messages.create(ASKED) };
    },
  },
];

export const ANTHROPIC_CASES: readonly AnthropicCase[] = [...WHOLE, ...STREAMS, ...FAILURES];
