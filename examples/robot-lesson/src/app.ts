import { type FastifyInstance, fastify } from 'fastify';
import { httpStatusOf, LessonError, messageOf } from './errors.js';
import { MAX_CONTEXT_LENGTH, parseInitPayload, parseWebhookPayload } from './http/payloads.js';
import type { LessonService } from './lesson/lesson-service.js';

/** Settings of the HTTP edge. */
export interface AppSettings {
  readonly logLevel: string;
}

/** JSON escapes make a text longer at most three times (a Vietnamese letter takes up to three bytes). */
const MAX_BODY_BYTES = MAX_CONTEXT_LENGTH * 3 + 32 * 1024;

/** Builds the service's HTTP edge: it listens only when told to. */
export function buildApp(lesson: LessonService, settings: AppSettings): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    // Request logs hold method and path; bodies and headers (keys!) are never logged.
    logger: { level: settings.logLevel },
  });
  // A server that closes waits for its connections only. A pupil's turn goes on when its connection has gone, and its
  // state and trace have to be complete before the process ends.
  const turns = new Set<Promise<unknown>>();
  const finish = async <T>(turn: Promise<T>): Promise<T> => {
    turns.add(turn);
    return turn.finally(() => turns.delete(turn));
  };
  app.addHook('onClose', async () => void (await Promise.allSettled(turns)));

  app.post('/init_conversation', (request) => finish(lesson.init(parseInitPayload(request.body))));
  app.post('/webhook', (request) => finish(lesson.webhook(parseWebhookPayload(request.body))));
  app.get('/health', () => ({ status: 'ok' }));

  app.setErrorHandler((error, request, reply) => {
    const status = error instanceof LessonError ? httpStatusOf(error) : (statusOfFastify(error) ?? 500);
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    const code = error instanceof LessonError ? error.code : status >= 500 ? 'INTERNAL' : 'BAD_REQUEST';
    // What went wrong inside is for the log, not for the caller.
    const message = status >= 500 && !(error instanceof LessonError) ? 'internal error' : messageOf(error);
    return reply.status(status).send({ error: { code, message } });
  });
  return app;
}

/** Fastify's own errors (body too large, not JSON) carry their status. */
function statusOfFastify(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 ? status : undefined;
}
