import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.js';
import { OpenCalls } from './http/open-calls.js';
import { IntentClassifier } from './intent/classifier.js';
import { LessonService } from './lesson/lesson-service.js';
import { OpenAiLessonModel } from './llm/model.js';
import { createOpenAiClient } from './llm/openai-client.js';
import type { Settings } from './settings.js';
import { createMemoryStore } from './state/memory-store.js';
import { createRedisStore } from './state/redis-store.js';
import { createTracedStore } from './state/traced-store.js';

/** The service, listening. */
export interface RunningService {
  readonly url: string;
  /** Takes no more requests, lets those in progress finish (their model calls are cut after the grace), lets go. */
  stop(): Promise<void>;
}

/** Where the model is; a key only to be sent there. */
export interface LlmEndpoint {
  readonly baseUrl: string;
  readonly apiKey: string;
}

/**
 * Puts the service together and starts it. Tracing is configured by the program, before.
 * @throws LessonError `STATE_UNAVAILABLE`
 */
export async function startService(settings: Settings, llm: LlmEndpoint): Promise<RunningService> {
  const { redisUrl, stateTtlSeconds: ttlSeconds, stopGraceMs } = settings;
  const store = createTracedStore(
    redisUrl === undefined ? createMemoryStore({ ttlSeconds }) : await createRedisStore({ url: redisUrl, ttlSeconds }),
  );
  const calls = new OpenCalls();
  const client = createOpenAiClient({ ...llm, timeoutMs: settings.llmTimeoutMs });
  const model = new OpenAiLessonModel(client, settings.llmModel, calls);
  const lesson = new LessonService({ store, model, classifier: new IntentClassifier(model) });
  const app = buildApp(lesson, { logLevel: settings.logLevel });
  const url = await app.listen({ host: settings.host, port: settings.port });
  return {
    url,
    stop: () => stopService({ app, store, calls, stopGraceMs }),
  };
}

interface StopParts {
  readonly app: FastifyInstance;
  readonly store: { close(): Promise<void> };
  readonly calls: OpenCalls;
  readonly stopGraceMs: number;
}

async function stopService({ app, store, calls, stopGraceMs }: StopParts): Promise<void> {
  const timer = setTimeout(() => calls.cut(), stopGraceMs);
  await app.close();
  clearTimeout(timer);
  await store.close();
}
