import { completion, refused } from './answers.js';
import { QUESTION, STREAMED } from './chat-cases.js';
import type { ParityCase } from './parity.js';
import { seen, unhandledDuring } from './seen.js';

const hello = { json: completion({ content: 'Xin chào!' }) };
const AGAIN = { 'retry-after-ms': '1' };

/** Requests that fail: what is thrown, how often it is tried, and what nobody handles. */
export const FAILURE_CASES: ParityCase[] = [
  ...[400, 401, 403, 404, 409, 422, 429, 500].map(
    (status): ParityCase => ({
      name: `status ${status}`,
      script: () => ({ status, json: refused(`refused with ${status}`), headers: AGAIN }),
      run: ({ client }) => seen(client.chat.completions.create(QUESTION)),
    }),
  ),
  {
    name: 'a failure that is retried until it succeeds',
    script: (_, index) => (index < 2 ? { status: 429, json: refused('later'), headers: AGAIN } : hello),
    settings: { maxRetries: 3 },
    run: ({ client }) => seen(client.chat.completions.create(QUESTION)),
  },
  {
    name: 'a failure whose retries are used up',
    script: () => ({ status: 503, text: 'overloaded', headers: AGAIN }),
    settings: { maxRetries: 2 },
    run: ({ client }) => seen(client.chat.completions.create(QUESTION)),
  },
  {
    name: 'nobody listens at the address',
    script: () => hello,
    settings: { baseURL: 'http://127.0.0.1:1/v1' },
    run: ({ client }) => seen(client.chat.completions.create(QUESTION)),
  },
  {
    name: 'no answer in time',
    script: () => ({ ends: 'silent' }),
    run: ({ client }) => seen(client.chat.completions.create(QUESTION, { timeout: 60 })),
  },
  {
    name: 'aborted before it began',
    script: () => hello,
    run: ({ client }) => seen(client.chat.completions.create(QUESTION, { signal: AbortSignal.abort() })),
  },
  {
    name: 'aborted while it waited',
    script: () => ({ ends: 'silent' }),
    run: async ({ client, server }) => {
      const controller = new AbortController();
      const end = seen(client.chat.completions.create(QUESTION, { signal: controller.signal }));
      while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      return end;
    },
  },
  {
    name: 'aborted while the body came',
    script: () => ({ json: {}, ends: 'hold' }),
    run: async ({ client }) => {
      const controller = new AbortController();
      const promise = client.chat.completions.create(QUESTION, { signal: controller.signal });
      const end = seen(promise);
      await promise.asResponse();
      controller.abort();
      return end;
    },
  },
  {
    name: 'a body that is not JSON, though it says so',
    script: () => ({ text: '{"id":', headers: { 'content-type': 'application/json' } }),
    run: ({ client }) => seen(client.chat.completions.create(QUESTION)),
  },
  {
    name: 'a body that is text',
    script: () => ({ text: 'hello' }),
    run: ({ client }) => seen(client.chat.completions.create(QUESTION)),
  },
  {
    name: 'a body without content',
    script: () => ({ text: '', headers: { 'content-type': 'application/json', 'content-length': '0' } }),
    run: ({ client }) => seen(client.chat.completions.create(QUESTION)),
  },
  {
    name: 'no arguments at all',
    script: () => hello,
    run: ({ client }) => seen(() => (client.chat.completions.create as () => unknown)()),
  },
  {
    name: 'the method without its object',
    script: () => hello,
    run: ({ client }) => {
      const { create } = client.chat.completions;
      return seen(() => create(QUESTION));
    },
  },
  {
    name: 'a failing key function',
    script: () => hello,
    settings: {
      apiKey: () => {
        throw new RangeError('no key');
      },
    },
    run: ({ client }) => seen(client.chat.completions.create(QUESTION)),
  },
  {
    name: 'a failure that nobody waits for is unhandled, once',
    script: () => ({ status: 400, json: refused('bad') }),
    run: async ({ client, server }) =>
      unhandledDuring(async () => {
        void client.chat.completions.create(QUESTION);
        while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setTimeout(resolve, 30));
      }),
  },
  {
    name: 'a failure of a helper that nobody waits for is unhandled, once',
    script: () => ({ status: 400, json: refused('bad') }),
    run: async ({ client, server }) =>
      unhandledDuring(async () => {
        void client.chat.completions.parse(QUESTION);
        while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setTimeout(resolve, 30));
      }),
  },
  {
    name: 'a handled failure leaves nothing unhandled, whichever way it is handled',
    script: () => ({ status: 400, json: refused('bad') }),
    run: async ({ client }) => {
      const ends: unknown[] = [];
      const unhandled = await unhandledDuring(async () => {
        ends.push(await seen(client.chat.completions.create(QUESTION)));
        ends.push(await seen(client.chat.completions.create(QUESTION).withResponse()));
        ends.push(await seen(client.chat.completions.create(QUESTION).asResponse()));
        ends.push(await seen(client.chat.completions.create(STREAMED)));
        ends.push(await seen(client.chat.completions.parse(QUESTION)));
        ends.push(await seen(client.chat.completions.parse(QUESTION).asResponse()));
        ends.push(await client.chat.completions.create(QUESTION).catch(() => 'caught'));
        ends.push(await seen(client.chat.completions.create(QUESTION).finally(() => undefined)));
        ends.push(await seen(client.responses.create({ model: 'm', input: 'x' })));
        ends.push(await seen(client.embeddings.create({ model: 'm', input: 'x' })));
      });
      return { ends, unhandled };
    },
  },
];
