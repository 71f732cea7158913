import { configure, getClient } from '@slipstream/sdk';
import { createLlmServer, createOtlpSink, type FaultyServer, type LlmServer } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planLesson } from '../src/lesson-plan.js';

let sink: FaultyServer;
let server: LlmServer;
const said: string[] = [];

beforeAll(async () => {
  [sink, server] = await Promise.all([createOtlpSink(), createLlmServer()]);
  const client = configure({ service: 'low-level-example', url: sink.url, handleSignals: false });
  const model = { baseUrl: server.url, apiKey: 'none', name: 'm' };
  await planLesson({ client, model, say: (line) => void said.push(line) }, ['apple', 'x', 'cherry']);
  await client.flush();
});

afterAll(async () => {
  await getClient().shutdown();
  await Promise.all([sink.close(), server.close()]);
});

type Span = ReturnType<FaultyServer['spans']>[number];

const attribute = (span: Span | undefined, key: string) => span?.attributes.find((each) => each.key === key)?.value;
const typeOf = (span: Span) => attribute(span, 'langfuse.observation.type');

it('tells what it did', () => {
  expect(said).toHaveLength(3);
  expect(said[0]).toMatch(/^order: (apple, cherry|cherry, apple)$/);
});

it('is one trace of observations of seven types, each below the one that it was begun on', () => {
  const spans = sink.spans();
  const nameOf = (spanId: string) => spans.find((span) => span.spanId === spanId)?.name;
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(spans.map((span) => [nameOf(span.parentSpanId), span.name, typeOf(span)]).sort()).toEqual(
    [
      [undefined, 'plan-lesson', 'span'],
      ['plan-lesson', 'check-words', 'guardrail'],
      ['check-words', 'word-refused', 'event'],
      ['plan-lesson', 'order', 'chain'],
      ['order', 'embed', 'embedding'],
      ['plan-lesson', 'sentence', 'generation'],
      ['plan-lesson', 'sentence', 'generation'],
      ['sentence', 'judge-sentence', 'evaluator'],
      ['sentence', 'judge-sentence', 'evaluator'],
    ].sort(),
  );
});

it('has usage, cost and prompt on each generation, and user and session on all that follow', () => {
  const generations = sink.spans().filter(({ name }) => name === 'sentence');
  for (const span of generations) {
    expect(JSON.parse(String(attribute(span, 'langfuse.observation.usage_details'))).total).toBeGreaterThan(0);
    expect(JSON.parse(String(attribute(span, 'langfuse.observation.cost_details'))).total).toBeGreaterThan(0);
    expect(attribute(span, 'langfuse.observation.prompt.version')).toBe(3n);
    expect(attribute(span, 'session.id')).toBe('plan-1');
  }
});

it('makes a score for each sentence and one for the trace', () => {
  // A plain OTLP sink has no place for them, so they are dropped; a collector and Langfuse have.
  expect(getClient().stats().scores.made).toBe(3);
});

it('marks the generation of a model that fails, and goes on', async () => {
  const client = getClient();
  const before = sink.spans().length;
  // The test server fails for this name.
  const model = { baseUrl: server.url, apiKey: 'none', name: 'm+fault:server-error' };
  await planLesson({ client, model, say: () => undefined }, ['plum']);
  await client.flush();
  const failed = sink.spans().slice(before);
  expect(
    attribute(
      failed.find(({ name }) => name === 'sentence'),
      'langfuse.observation.status_message',
    ),
  ).toBe('Error: the model answered 500');
  expect(failed.find(({ name }) => name === 'plan-lesson')?.status.code).toBe(0);
});
