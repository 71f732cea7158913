import { configure } from '@slipstream/sdk';
import { createLlmServer, faultMarker, type LlmServer } from '@slipstream/testkit';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from './app.js';
import { LessonError } from './errors.js';
import { OpenCalls } from './http/open-calls.js';
import { IntentClassifier } from './intent/classifier.js';
import { LessonService } from './lesson/lesson-service.js';
import { OpenAiLessonModel } from './llm/model.js';
import { createOpenAiClient } from './llm/openai-client.js';
import type { ConversationStore } from './state/contract.js';
import { createMemoryStore } from './state/memory-store.js';

let llm: LlmServer;
let app: FastifyInstance;
const calls = new OpenCalls();

function build(store: ConversationStore): FastifyInstance {
  const client = createOpenAiClient({ baseUrl: llm.url, apiKey: 'none', timeoutMs: 10_000 });
  const model = new OpenAiLessonModel(client, 'openai/gpt-4o-mini', calls);
  const lesson = new LessonService({ store, model, classifier: new IntentClassifier(model) });
  return buildApp(lesson, { logLevel: 'silent' });
}

beforeAll(async () => {
  configure({ enabled: false });
  llm = await createLlmServer();
  app = build(createMemoryStore({ ttlSeconds: 60 }));
});

afterAll(async () => {
  await app.close();
  await llm.close();
});

async function post(path: string, payload: object | string, target: FastifyInstance = app) {
  const headers = { 'content-type': 'application/json' };
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const response = await target.inject({ method: 'POST', url: path, headers, payload: body });
  return { status: response.statusCode, body: response.json() as Record<string, unknown> };
}

let conversationCount = 0;
async function begin(more: object = {}): Promise<string> {
  const id = `test-${++conversationCount}`;
  const answer = await post('/init_conversation', { conversation_id: id, bot_id: 'b', user_id: 'u', ...more });
  expect(answer.status).toBe(200);
  return id;
}

const say = (id: string, message: string, more: object = {}) =>
  post('/webhook', { conversation_id: id, message, max_reply_tokens: 10, ...more });

describe('POST /init_conversation', () => {
  it('greets in the language of the conversation, with the first word of the lesson', async () => {
    const init = { conversation_id: 'hello', bot_id: 'b', user_id: 'u', lesson_id: 'colours' };
    const english = await post('/init_conversation', { ...init, language: 'en' });
    expect(english.body).toMatchObject({ next_action: 'continue', target_word: 'yellow', stars: 0 });
    expect(english.body.reply).toMatch(/^Hello!.*"yellow"/);
    expect((await post('/init_conversation', init)).body.reply).toMatch(/^Chào con!.*màu vàng/);
  });

  it('starts a conversation over', async () => {
    const id = await begin();
    await say(id, 'elephant');
    expect((await post('/init_conversation', { conversation_id: id, bot_id: 'b', user_id: 'u' })).body).toMatchObject({
      target_word: 'elephant',
      stars: 0,
    });
  });

  it('refuses a lesson that does not exist, naming those that do', async () => {
    const answer = await post('/init_conversation', {
      conversation_id: 'x',
      bot_id: 'b',
      user_id: 'u',
      lesson_id: 'no',
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      error: { code: 'UNKNOWN_LESSON', message: expect.stringContaining('animals') },
    });
  });
});

describe('POST /webhook', () => {
  it('goes on to the next word after a right answer, without asking a model what was meant', async () => {
    const id = await begin({ lesson_id: 'fruit' });
    const before = llm.stats().chatRequests;
    const answer = await say(id, 'Dạ, áp pồ ạ');
    expect(answer.body).toMatchObject({
      intent: 'answer_correct',
      next_action: 'next_word',
      target_word: 'banana',
      stars: 1,
      usage: { completion_tokens: 10 },
    });
    expect(answer.body.reply).toHaveLength(40);
    expect(llm.stats().chatRequests - before).toBe(1);
  });

  it('asks a model about what the rules cannot tell', async () => {
    const id = await begin();
    const before = llm.stats().chatRequests;
    const answer = await say(id, 'Hôm nay con được mẹ cho đi công viên với em');
    expect(['question', 'small_talk', 'answer_wrong']).toContain(answer.body.intent);
    expect(answer.body).toMatchObject({ stars: 0, target_word: 'elephant' });
    expect(llm.stats().chatRequests - before).toBe(2);
  });

  it('remembers: the words go on from call to call, and start over after the last', async () => {
    const id = await begin({ lesson_id: 'fruit', language: 'en' });
    const targets: unknown[] = [];
    for (const word of ['apple', 'banana', 'orange', 'mango', 'grape']) {
      targets.push((await say(id, word)).body.target_word);
    }
    expect(targets).toEqual(['banana', 'orange', 'mango', 'grape', 'apple']);
  });

  it('ends when the pupil says goodbye, and refuses what comes after', async () => {
    const id = await begin();
    expect((await say(id, 'Tạm biệt robot nhé')).body).toMatchObject({ intent: 'stop', next_action: 'end_lesson' });
    const late = await say(id, 'elephant');
    expect([late.status, late.body]).toMatchObject([409, { error: { code: 'CONVERSATION_ENDED' } }]);
  });

  it('refuses a conversation that was never begun', async () => {
    const answer = await say('nobody', 'hello');
    expect([answer.status, answer.body]).toMatchObject([404, { error: { code: 'UNKNOWN_CONVERSATION' } }]);
  });

  it('retries a rate limit without the pupil noticing', async () => {
    const id = await begin();
    const answer = await say(id, 'elephant', { context: faultMarker('rate-limit', 1) });
    expect(answer.body).toMatchObject({ intent: 'answer_correct', usage: { completion_tokens: 10 } });
  });

  it.each(['drop', 'server-error'] as const)('answers for a model that fails (%s)', async (fault) => {
    const id = await begin({ language: 'en' });
    const answer = await say(id, 'elephant', { context: faultMarker(fault) });
    expect(answer.status).toBe(200);
    expect(answer.body.reply).toMatch(/^Oh, I did not catch that/);
    expect(answer.body.usage).toBeUndefined();
  });

  it('asks again when the model that should tell the intent fails', async () => {
    const id = await begin({ language: 'en' });
    const answer = await say(id, `What is that? ${faultMarker('server-error')}`);
    expect(answer.body).toMatchObject({ intent: 'unknown', next_action: 'ask_again' });
  });
});

describe('limits of the HTTP edge', () => {
  it('takes the longest message and material, and refuses one character more', async () => {
    const id = await begin();
    expect((await say(id, 'ạ'.repeat(4_000), { context: 'ệ'.repeat(120_000) })).status).toBe(200);
    const long = await say(id, 'x'.repeat(4_001));
    expect([long.status, long.body]).toMatchObject([400, { error: { code: 'INVALID_PAYLOAD' } }]);
    expect((await say(id, 'x', { context: 'x'.repeat(120_001) })).status).toBe(400);
  });

  it('refuses a body that is too large before it reads it', async () => {
    const answer = await post('/webhook', `"${'x'.repeat(400 * 1024)}"`);
    expect(answer.status).toBe(413);
  });

  it('names every problem of a payload', async () => {
    const answer = await post('/init_conversation', { conversation_id: 'a b', user_id: 7 });
    expect(answer.status).toBe(400);
    const { message } = answer.body.error as { message: string };
    for (const field of ['conversation_id', 'bot_id', 'user_id']) expect(message).toContain(field);
  });

  it('refuses what is no JSON', async () => {
    expect((await post('/webhook', '{')).status).toBe(400);
  });

  it('says that the state is away with 503', async () => {
    const away = () => Promise.reject(new LessonError('STATE_UNAVAILABLE', 'Redis does not answer'));
    const broken = build({ load: away, save: away, close: async () => undefined });
    const answer = await post('/webhook', { conversation_id: 'c', message: 'm' }, broken);
    expect([answer.status, answer.body]).toMatchObject([503, { error: { code: 'STATE_UNAVAILABLE' } }]);
    await broken.close();
  });

  it('keeps what went wrong inside from the caller', async () => {
    const fail = () => Promise.reject(new TypeError('secret detail'));
    const broken = build({ load: fail, save: fail, close: async () => undefined });
    const answer = await post('/webhook', { conversation_id: 'c', message: 'm' }, broken);
    expect([answer.status, answer.body]).toEqual([500, { error: { code: 'INTERNAL', message: 'internal error' } }]);
    await broken.close();
  });

  it('waits for turns in progress when it closes, though their callers have gone', async () => {
    let finish: (() => void) | undefined;
    let isSaved = false;
    const slow: ConversationStore = {
      load: async () => undefined,
      save: () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }).then(() => {
          isSaved = true;
        }),
      close: async () => undefined,
    };
    const server = build(slow);
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const controller = new AbortController();
    const request = fetch(`${url}/init_conversation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ conversation_id: 'c', bot_id: 'b', user_id: 'u' }),
      signal: controller.signal,
    }).catch(() => undefined);
    await expect.poll(() => finish).toBeDefined();
    controller.abort();
    await request;
    const closed = server.close();
    setTimeout(() => finish?.(), 20);
    await closed;
    expect(isSaved).toBe(true);
  });

  it('cuts model calls in progress when asked to, and answers for them', async () => {
    const id = await begin({ language: 'en' });
    const before = llm.stats().faults.hang;
    const answer = say(id, 'elephant', { context: faultMarker('hang') });
    await expect.poll(() => llm.stats().faults.hang).toBe(before + 1);
    calls.cut();
    expect((await answer).body.reply).toMatch(/^Oh, I did not catch that/);
  });
});
