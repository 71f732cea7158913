import { configure, getClient } from '@slipstream/sdk';
import { createLlmServer, createOtlpSink, type FaultyServer, type LlmServer } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Tutor } from '../src/tutor.js';

let sink: FaultyServer;
let server: LlmServer;
const replies: string[] = [];

beforeAll(async () => {
  [sink, server] = await Promise.all([createOtlpSink(), createLlmServer()]);
  const client = configure({ service: 'observe-example', url: sink.url, handleSignals: false });
  const tutor = new Tutor({ baseUrl: server.url, apiKey: 'none', name: 'm' });
  for (const message of ['What is an apple?', '???']) replies.push(await tutor.webhook('an', message));
  await client.flush();
});

afterAll(async () => {
  await getClient().shutdown();
  await Promise.all([sink.close(), server.close()]);
});

type Span = ReturnType<FaultyServer['spans']>[number];

const attribute = (span: Span | undefined, key: string) => span?.attributes.find((each) => each.key === key)?.value;
const named = (name: string) => sink.spans().filter((span) => span.name === name);

it('answers', () => {
  expect(replies[0]).toMatch(/^apple: \S+/);
  expect(replies[1]).toBe('Which word do you mean? You said: "???"');
});

it('is one trace for each call, with each function below the one that called it', () => {
  const spans = sink.spans();
  const nameOf = (spanId: string) => spans.find((span) => span.spanId === spanId)?.name;
  expect(spans.map((span) => [nameOf(span.parentSpanId), span.name]).sort()).toEqual(
    [
      [undefined, 'tutor.webhook'],
      ['tutor.webhook', 'recognise-word'],
      ['tutor.webhook', 'tutor.explain'],
      ['tutor.explain', 'answer'],
      [undefined, 'tutor.webhook'],
      ['tutor.webhook', 'recognise-word'],
      ['tutor.webhook', 'tutor.refuse'],
    ].sort(),
  );
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
});

it('has what was streamed, when it began, and what it cost on the generation', () => {
  const [answer] = named('answer');
  const output = String(attribute(answer, 'langfuse.observation.output'));
  expect(replies[0]).toBe(`apple: ${output}`);
  expect(JSON.parse(String(attribute(answer, 'langfuse.observation.usage_details'))).total).toBeGreaterThan(0);
  expect(attribute(answer, 'langfuse.observation.completion_start_time')).toBeDefined();
  expect(attribute(named('tutor.explain')[0], 'langfuse.observation.output')).toBe(replies[0]);
});

it('has user and session on the trace, and a warning where nothing could be said', () => {
  for (const span of named('tutor.webhook')) expect(attribute(span, 'session.id')).toBe('lesson of an');
  expect(attribute(named('tutor.refuse')[0], 'langfuse.observation.level')).toBe('WARNING');
});
