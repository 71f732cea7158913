import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendApiError } from '../../http/api-error.js';
import type { Queue } from '../../queue/contract.js';
import { encodeScores, SCORES_CONTENT_TYPE } from '../../scores/payload.js';
import { type BodyResult, readBody } from '../body.js';
import type { InflightBudget, Reservation } from '../inflight-budget.js';
import { answerOf, refusalOfBody } from '../otlp/refusal.js';
import type { ReceiverStats } from '../receiver-stats.js';
import { INGESTION_PATH, MAX_EVENTS, type ReadEvent, readEvent } from './events.js';

/** As Langfuse's, whose libraries keep below it. */
const MAX_BODY_BYTES = 4_500_000;
const BODY_TIMEOUT_MS = 30_000;

/** Every sender is this one until projects exist. */
const DEFAULT_TENANT = 'default';

const MS_PER_SECOND = 1000;

export interface ScoresReceiverSettings {
  readonly queue: Queue;
  readonly stats: ReceiverStats;
  readonly budget: InflightBudget;
}

interface ParsedBody {
  readonly result: BodyResult;
  readonly reservation: Reservation;
}

/**
 * Takes scores by Langfuse's ingestion API: `{"batch": [event, …]}` as JSON. Answers 207 with a status for each event
 * (201, or 400 with what is wrong) once the good ones are durable; other answers are about the whole request.
 */
export async function scoresReceiver(app: FastifyInstance, settings: ScoresReceiverSettings): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest) => parseBody(request, settings.budget));
  app.post(INGESTION_PATH, async (request, reply) => {
    const parsed = request.body as ParsedBody | undefined;
    try {
      return await answer(reply, parsed?.result, settings);
    } finally {
      parsed?.reservation.release();
    }
  });
}

async function parseBody(request: FastifyRequest, budget: InflightBudget): Promise<ParsedBody> {
  const reservation = budget.reserve();
  const length = Number(request.headers['content-length']);
  const source = {
    stream: request.raw,
    isGzip: request.headers['content-encoding'] === 'gzip',
    contentLengthBytes: Number.isNaN(length) ? undefined : length,
    reservation,
  };
  const limits = { maxBodyBytes: MAX_BODY_BYTES, maxInflatedBytes: MAX_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS };
  return { result: await readBody(source, limits), reservation };
}

async function answer(
  reply: FastifyReply,
  body: BodyResult | undefined,
  settings: ScoresReceiverSettings,
): Promise<FastifyReply> {
  if (body === undefined) return sendApiError(reply, 400, 'invalid_batch', 'There is no body.');
  if (body.kind !== 'ok') return refuseBody(reply, body);
  const events = readBatch(body.bytes);
  if (typeof events === 'string') return sendApiError(reply, 400, 'invalid_batch', events);
  const scores = events.flatMap((event) => (event.kind === 'score' ? [event.score] : []));
  if (scores.length > 0) {
    const payload = encodeScores(scores);
    const appended = await settings.queue.append({ tenant: DEFAULT_TENANT, contentType: SCORES_CONTENT_TYPE, payload });
    if (appended.kind === 'too_large') {
      return sendApiError(reply, 413, 'batch_too_large', 'The scores are too large together. Send smaller batches.');
    }
    if (appended.kind === 'unavailable') {
      reply.header('retry-after', Math.ceil(appended.retryAfterMs / MS_PER_SECOND));
      const message = `Scores cannot be made durable at this moment: ${appended.reason}`;
      return sendApiError(reply, 503, 'unavailable', message);
    }
  }
  settings.stats.acceptedScores += scores.length;
  settings.stats.rejectedScores += events.length - scores.length;
  return reply.code(207).send(toAnswer(events));
}

function refuseBody(reply: FastifyReply, body: Exclude<BodyResult, { kind: 'ok' }>): FastifyReply {
  const refusal = refusalOfBody(body);
  if (refusal.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(refusal.retryAfterMs / MS_PER_SECOND));
  // What was not read of the body would be taken for the next request.
  reply.header('connection', 'close');
  return sendApiError(reply, answerOf(refusal.kind).httpStatus, refusal.kind, refusal.message);
}

/** The events of a body, or what is wrong with it as a whole. */
function readBatch(bytes: Buffer): ReadEvent[] | string {
  let batch: unknown;
  try {
    batch = (JSON.parse(bytes.toString('utf8')) as { batch?: unknown } | null)?.batch;
  } catch {
    return 'The body is not JSON.';
  }
  if (!Array.isArray(batch)) return 'The body must be {"batch": [event, …]}.';
  if (batch.length > MAX_EVENTS) return `A batch has at most ${MAX_EVENTS} events, and this one has ${batch.length}.`;
  const nowUs = Date.now() * 1000;
  return batch.map((event) => readEvent(event, nowUs));
}

function toAnswer(events: readonly ReadEvent[]): object {
  return {
    successes: events.flatMap(({ kind, id }) => (kind === 'score' ? [{ id, status: 201 }] : [])),
    errors: events.flatMap((event) =>
      event.kind === 'refused' ? [{ id: event.id, status: 400, message: event.message }] : [],
    ),
  };
}
