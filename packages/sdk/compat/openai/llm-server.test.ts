import { observeOpenAI } from '@slipstream/sdk/openai';
import { createLlmServer, faultMarker, type LlmServer } from '@slipstream/testkit';
import type OpenAI from 'openai-6';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIBRARIES, type Library } from './support/libraries.js';
import { drained, seen } from './support/seen.js';
import { openTracing, type Tracing } from './support/tracing.js';

const TOOL = {
  type: 'function' as const,
  function: { name: 'choose', parameters: { type: 'object', properties: { intent: { type: 'string' } } } },
};

const ask = (content: string, more: object = {}) => ({
  model: 'gpt',
  messages: [{ role: 'user' as const, content }],
  ...more,
});

const stream = async (client: OpenAI, content: string, more: object = {}) =>
  drained(
    await client.chat.completions.create({
      ...ask(content, more),
      stream: true,
      stream_options: { include_usage: true },
    }),
  );

const CASES: Record<string, (client: OpenAI) => unknown> = {
  'a whole answer': (client) => client.chat.completions.create(ask('Từ "apple" nghĩa là gì?')),
  'a streamed answer': (client) => stream(client, 'Kể chuyện [[tokens:120]]'),
  'parallel tool calls': (client) => stream(client, '[[tools:3]]', { tools: [TOOL] }),
  'a structured answer': (client) =>
    client.chat.completions.create(
      ask('x', { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {} } } }),
    ),
  embeddings: (client) => client.embeddings.create({ model: 'e', input: ['một', 'hai'] }),
  'a rate limit, then an answer': (client) => client.chat.completions.create(ask(faultMarker('rate-limit', 1))),
  'an error of the server': (client) =>
    seen(client.chat.completions.create(ask(faultMarker('server-error')), { maxRetries: 0 })),
  'a connection that is dropped in mid-stream': (client) => stream(client, `${faultMarker('drop')} [[tokens:60]]`),
};

/** Equal requests get equal answers, but for the second in which they were made. */
function withoutTime(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item) => (key === 'created' ? 0 : item)));
}

let tracing: Tracing;
let server: LlmServer;

beforeAll(async () => {
  [tracing, server] = await Promise.all([openTracing(), createLlmServer()]);
});

afterAll(() => Promise.all([tracing.close(), server.close()]));

for (const { name, runs, load } of LIBRARIES) {
  describe.skipIf(!runs)(`${name} against a server that answers like a provider`, () => {
    let library: Library;
    beforeAll(async () => {
      library = await load();
    });

    it.each(Object.entries(CASES))('%s', async (_, run) => {
      const make = (): OpenAI => new library.OpenAI({ baseURL: server.url, apiKey: 'k', logLevel: 'off' });
      const bare = withoutTime(await run(make()));
      const requests = server.stats().requests;
      const observed = withoutTime(await run(observeOpenAI(make(), { client: tracing.client })));
      expect(observed).toStrictEqual(bare);
      expect(requests).toBeGreaterThan(0);
      const [recorded, ...others] = await tracing.take();
      expect(others).toEqual([]);
      if (recorded?.level === 'DEFAULT' && recorded.type === 'generation') {
        expect(recorded.costDetails.total).toBeGreaterThan(0);
        expect(recorded.usageDetails.total).toBeGreaterThan(0);
      }
      expect(tracing.client.stats().open).toBe(0);
    });
  });
}
