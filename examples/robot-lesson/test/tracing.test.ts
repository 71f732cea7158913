import { configure, getClient } from '@slipstream/sdk';
import { createLlmServer, createOtlpSink, type FaultyServer, faultMarker, type LlmServer } from '@slipstream/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningService, startService } from '../src/service.js';
import { readSettings } from '../src/settings.js';

type Span = ReturnType<FaultyServer['spans']>[number];

let sink: FaultyServer;
let llm: LlmServer;
let service: RunningService;

beforeAll(async () => {
  sink = await createOtlpSink();
  llm = await createLlmServer({ firstTokenDelayMs: 30, perTokenDelayMs: 1 });
  configure({ service: 'robot-lesson', url: sink.url });
  service = await startService(readSettings({ PORT: '0', LOG_LEVEL: 'silent' }), {
    baseUrl: llm.url,
    apiKey: 'sk-secret',
  });
});

afterAll(async () => {
  await service.stop();
  await getClient().shutdown();
  await llm.close();
  await sink.close();
});

async function post(path: string, body: object): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(service.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  await response.arrayBuffer();
  return response.status;
}

const attributeOf = (span: Span, key: string) => span.attributes.find((attribute) => attribute.key === key)?.value;
const textOf = (span: Span, key: string) => String(attributeOf(span, key));

/** The spans of the trace whose root has this conversation and name, once they have arrived by themselves. */
async function traceOf(conversationId: string, rootName: string): Promise<Map<string, Span>> {
  const findRoot = () =>
    sink
      .spans()
      .find(
        (span) =>
          span.name === rootName && attributeOf(span, 'langfuse.trace.metadata.conversation_id') === conversationId,
      );
  await expect.poll(findRoot, { timeout: 5_000 }).toBeDefined();
  const traceId = findRoot()?.traceId;
  return new Map(
    sink
      .spans()
      .filter((span) => span.traceId === traceId)
      .map((span) => [span.name, span]),
  );
}

let count = 0;
async function begin(): Promise<string> {
  const id = `conversation-${++count}`;
  await post('/init_conversation', { conversation_id: id, bot_id: 'bot-7', user_id: 'user-9', lesson_id: 'fruit' });
  return id;
}

describe('the trace of a webhook call', () => {
  it('has the steps below one root, each where it belongs', async () => {
    const id = await begin();
    await post('/webhook', { conversation_id: id, message: 'Vì sao lại đọc như vậy ạ?', max_reply_tokens: 20 });
    const trace = await traceOf(id, 'lesson.webhook');
    const parents = [...trace.values()].map((span) => {
      const parent = [...trace.values()].find((candidate) => candidate.spanId === span.parentSpanId);
      return `${parent?.name ?? ''} > ${span.name}`;
    });
    expect(parents.sort()).toEqual([
      ' > lesson.webhook',
      'intent > intent.llm',
      'intent > intent.phoneme',
      'lesson.webhook > intent',
      'lesson.webhook > lesson.reply',
      'lesson.webhook > state.load',
      'lesson.webhook > state.save',
    ]);
  });

  it('has no step of a model where the phoneme rules are sure', async () => {
    const id = await begin();
    await post('/webhook', { conversation_id: id, message: 'apple', max_reply_tokens: 5 });
    const trace = await traceOf(id, 'lesson.webhook');
    expect([...trace.keys()]).not.toContain('intent.llm');
    const rule = trace.get('intent.phoneme') as Span;
    expect(textOf(rule, 'langfuse.observation.metadata.rule')).toBe('pronunciation');
    expect(textOf(rule, 'langfuse.observation.metadata.target_word')).toBe('apple');
  });

  it('has ids on the trace, the message and the action on the root, model and tokens on the generation', async () => {
    const id = await begin();
    const message = `apple ${'rất dài '.repeat(60)}`;
    await post('/webhook', { conversation_id: id, message, context: 'x'.repeat(50_000), max_reply_tokens: 20 });
    const trace = await traceOf(id, 'lesson.webhook');
    const root = trace.get('lesson.webhook') as Span;
    expect(textOf(root, 'session.id')).toBe(id);
    expect(textOf(root, 'user.id')).toBe('user-9');
    expect(textOf(root, 'langfuse.trace.metadata.bot_id')).toBe('bot-7');
    expect(textOf(root, 'langfuse.trace.metadata.user_id')).toBe('user-9');
    expect(textOf(root, 'langfuse.observation.metadata.message')).toBe(message.slice(0, 200));
    expect(textOf(root, 'langfuse.observation.metadata.next_action')).toBe('next_word');
    expect(textOf(root, 'langfuse.observation.metadata.messages_summary')).toContain('apple');
    expect(attributeOf(root, 'langfuse.observation.input')).toBeUndefined();

    const generation = trace.get('lesson.reply') as Span;
    expect(textOf(generation, 'langfuse.observation.type')).toBe('generation');
    expect(textOf(generation, 'langfuse.observation.model.name')).toBe('openai/gpt-4o-mini');
    const usage = JSON.parse(textOf(generation, 'langfuse.observation.usage_details')) as Record<string, number>;
    expect(usage.output).toBe(20);
    expect(usage.total).toBe((usage.input ?? 0) + (usage.input_cached_tokens ?? 0) + 20);
    const cost = JSON.parse(textOf(generation, 'langfuse.observation.cost_details')) as Record<string, number>;
    expect(cost.total).toBeGreaterThan(0);
    expect(textOf(generation, 'langfuse.observation.output')).toHaveLength(80);
    expect(textOf(generation, 'langfuse.observation.input')).toContain('x'.repeat(50_000));
  });

  it('knows when the first token came: after the start of the call, before its end', async () => {
    const id = await begin();
    await post('/webhook', { conversation_id: id, message: 'apple', max_reply_tokens: 60 });
    const generation = (await traceOf(id, 'lesson.webhook')).get('lesson.reply') as Span;
    const firstTokenMs = Date.parse(
      textOf(generation, 'langfuse.observation.completion_start_time').replaceAll('"', ''),
    );
    // A Date has whole milliseconds, a span's times do not.
    expect(firstTokenMs).toBeGreaterThanOrEqual(Number(generation.startTimeUnixNano / 1_000_000n) + 25);
    expect(firstTokenMs).toBeLessThanOrEqual(Number(generation.endTimeUnixNano / 1_000_000n) + 1);
  });

  it('captures no state, only facts about it', async () => {
    const id = await begin();
    await post('/webhook', { conversation_id: id, message: 'apple', max_reply_tokens: 5 });
    const trace = await traceOf(id, 'lesson.webhook');
    for (const name of ['state.load', 'state.save']) {
      const span = trace.get(name) as Span;
      expect(attributeOf(span, 'langfuse.observation.input')).toBeUndefined();
      expect(attributeOf(span, 'langfuse.observation.output')).toBeUndefined();
      expect(attributeOf(span, 'langfuse.observation.metadata.turn_count')).toBeDefined();
    }
  });

  it('shows a model that failed as an error, what came of its answer, and a warning on the root', async () => {
    const id = await begin();
    await post('/webhook', {
      conversation_id: id,
      message: 'apple',
      context: faultMarker('drop'),
      max_reply_tokens: 80,
    });
    const trace = await traceOf(id, 'lesson.webhook');
    const generation = trace.get('lesson.reply') as Span;
    expect(textOf(generation, 'langfuse.observation.level')).toBe('ERROR');
    expect(textOf(generation, 'langfuse.observation.output').length).toBeGreaterThan(0);
    expect(textOf(generation, 'langfuse.observation.output').length).toBeLessThan(320);
    expect(textOf(trace.get('lesson.webhook') as Span, 'langfuse.observation.level')).toBe('WARNING');
  });

  it('shows a refused call as an error that still names its conversation', async () => {
    expect(await post('/webhook', { conversation_id: 'never-begun', message: 'apple' })).toBe(404);
    const root = (await traceOf('never-begun', 'lesson.webhook')).get('lesson.webhook') as Span;
    expect(textOf(root, 'langfuse.observation.level')).toBe('ERROR');
    expect(textOf(root, 'langfuse.observation.status_message')).toContain('no such conversation');
  });
});

describe('all traces', () => {
  it('hold no key, waste no update, and lose nothing', async () => {
    const id = await begin();
    await traceOf(id, 'lesson.init');
    const { pending } = await getClient().flush();
    expect(pending).toBe(0);
    const stats = getClient().stats();
    expect(stats.misplacedUpdates).toBe(0);
    expect(stats.delivered).toBe(sink.uniqueSpanCount());
    expect(sink.stats().spans).toBe(sink.uniqueSpanCount());
    const everything = JSON.stringify(sink.spans(), (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value,
    );
    expect(everything).not.toContain('sk-secret');
  });
});
