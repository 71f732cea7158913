import { configure, getClient } from '@slipstream/sdk';
import { observeOpenAI } from '@slipstream/sdk/openai';
import { createLlmServer, createOtlpSink, type FaultyServer, type LlmServer } from '@slipstream/testkit';
import { OpenAI } from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeTour } from '../src/tour.js';

let sink: FaultyServer;
let server: LlmServer;
const said: string[] = [];

beforeAll(async () => {
  [sink, server] = await Promise.all([createOtlpSink(), createLlmServer()]);
  configure({ service: 'openai-example', url: sink.url, handleSignals: false });
  const openai = observeOpenAI(new OpenAI({ baseURL: server.url, apiKey: 'none', logLevel: 'off' }));
  await takeTour({ openai, model: 'm', embeddingModel: 'e', say: (line) => void said.push(line) });
  await getClient().flush();
});

afterAll(async () => {
  await getClient().shutdown();
  await Promise.all([sink.close(), server.close()]);
});

it('calls the model in every way that it tells of', () => {
  expect(said.map((line) => line.split(/[:,]/)[0])).toEqual([
    'whole answer',
    'streamed answer',
    'answer with a tool',
    'embeddings',
  ]);
});

it('has every call and the tool in one trace, below the function that made them', () => {
  const spans = [...sink.spans()].sort((one, other) => Number(one.startTimeUnixNano - other.startTimeUnixNano));
  const root = spans.find(({ parentSpanId }) => parentSpanId === '');
  expect(
    spans.filter((span) => span !== root).map(({ name, parentSpanId }) => [name, parentSpanId === root?.spanId]),
  ).toEqual([
    ['openai.chat.completions', true],
    ['openai.chat.completions', true],
    ['openai.chat.completions', true],
    ['look-up', true],
    ['openai.chat.completions', true],
    ['openai.embeddings', true],
  ]);
});

it('has usage and cost on each generation, and the session on all', () => {
  const attribute = (span: ReturnType<FaultyServer['spans']>[number], key: string) =>
    span.attributes.find((each) => each.key === key)?.value;
  for (const span of sink.spans()) expect(attribute(span, 'session.id')).toBe('lesson-1');
  const generations = sink.spans().filter(({ name }) => name === 'openai.chat.completions');
  for (const span of generations) {
    expect(JSON.parse(String(attribute(span, 'langfuse.observation.usage_details'))).total).toBeGreaterThan(0);
    expect(JSON.parse(String(attribute(span, 'langfuse.observation.cost_details'))).total).toBeGreaterThan(0);
  }
});
