import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendApiError } from '../../http/api-error.js';
import { type BodyLimits, type BodyResult, discardBody, readBody } from '../body.js';
import type { InflightBudget, Reservation } from '../inflight-budget.js';
import { answerOf, type Refusal, refusalOfBody } from '../otlp/refusal.js';
import { countRefusal } from '../receiver-stats.js';
import { MAX_EVENTS, type ReadEvent, readEvent } from './events.js';
import { Ingestion, type IngestionSettings, type IngestOutcome } from './ingestion.js';
import { INGESTION_PATH, SCORES_PATH } from './paths.js';
import { answerScores, readScoreRequest } from './score-requests.js';
import type { SenderName } from './to-span.js';

export interface LangfuseReceiverSettings extends IngestionSettings {
  readonly budget: InflightBudget;
  readonly bodyLimits: BodyLimits;
}

interface ParsedBody {
  readonly result: BodyResult | { readonly kind: 'refused'; readonly refusal: Refusal };
  readonly reservation: Reservation;
}

const MS_PER_SECOND = 1000;

/**
 * Langfuse's ingestion API: `{"batch": [event, …]}` as JSON, plain or gzip. Answers 207 with a status for each event
 * (201, or 400 with what is wrong) once the good ones are durable; other answers are about the whole request.
 */
export async function langfuseReceiver(app: FastifyInstance, settings: LangfuseReceiverSettings): Promise<void> {
  const ingestion = new Ingestion(settings);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest) => parseBody(request, settings));
  for (const [path, answer] of [
    [INGESTION_PATH, answerBatch],
    [SCORES_PATH, answerScoreRequest],
  ] as const) {
    app.post(path, async (request, reply) => {
      settings.stats.requests++;
      const parsed = request.body as ParsedBody | undefined;
      try {
        return await withBody(reply, parsed?.result, settings, (bytes) => answer(reply, bytes, ingestion, settings));
      } finally {
        parsed?.reservation.release();
      }
    });
  }
}

async function parseBody(request: FastifyRequest, settings: LangfuseReceiverSettings): Promise<ParsedBody> {
  const reservation = settings.budget.reserve();
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity' && encoding !== 'gzip') {
    discardBody(request.raw);
    const message = `The content encoding must be gzip or none, and is ${JSON.stringify(encoding.slice(0, 100))}.`;
    return { result: { kind: 'refused', refusal: { kind: 'unsupported_encoding', message } }, reservation };
  }
  const length = Number(request.headers['content-length']);
  const source = {
    stream: request.raw,
    isGzip: encoding === 'gzip',
    contentLengthBytes: Number.isNaN(length) ? undefined : length,
    reservation,
  };
  return { result: await readBody(source, settings.bodyLimits), reservation };
}

function withBody(
  reply: FastifyReply,
  body: ParsedBody['result'] | undefined,
  settings: LangfuseReceiverSettings,
  answer: (bytes: Buffer) => Promise<FastifyReply>,
): Promise<FastifyReply> | FastifyReply {
  if (body === undefined) return refuse(reply, settings, { kind: 'broken', message: 'There is no body.' });
  if (body.kind === 'refused') return refuse(reply, settings, body.refusal);
  if (body.kind !== 'ok') return refuse(reply, settings, refusalOfBody(body));
  settings.stats.receivedBytes += body.receivedBytes;
  return answer(body.bytes);
}

async function answerBatch(
  reply: FastifyReply,
  bytes: Buffer,
  ingestion: Ingestion,
  settings: LangfuseReceiverSettings,
): Promise<FastifyReply> {
  const batch = readBatch(bytes);
  if (typeof batch === 'string') return refuse(reply, settings, { kind: 'broken', message: batch });
  const outcome = await ingestion.take(batch.events, batch.sender);
  if (outcome.kind === 'unavailable') return refuse(reply, settings, outcome);
  return reply.code(207).send(toAnswer(batch.events, outcome));
}

async function answerScoreRequest(
  reply: FastifyReply,
  bytes: Buffer,
  ingestion: Ingestion,
  settings: LangfuseReceiverSettings,
): Promise<FastifyReply> {
  const scores = readScoreRequest(bytes);
  if (typeof scores === 'string') return refuse(reply, settings, { kind: 'broken', message: scores });
  const outcome = await ingestion.take(scores.events, senderOf(undefined));
  if (outcome.kind === 'unavailable') return refuse(reply, settings, outcome);
  const { status, body } = answerScores(scores, outcome);
  return reply.code(status).send(body);
}

function refuse(
  reply: FastifyReply,
  { stats }: LangfuseReceiverSettings,
  { kind, message, retryAfterMs }: Refusal,
): FastifyReply {
  const { httpStatus } = answerOf(kind);
  countRefusal(stats, httpStatus);
  if (retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(retryAfterMs / MS_PER_SECOND));
  // What was not read of the body would be taken for the next request.
  if (!reply.request.raw.readableEnded) reply.header('connection', 'close');
  return sendApiError(reply, httpStatus, kind === 'broken' ? 'invalid_batch' : kind, message);
}

interface Batch {
  readonly events: readonly ReadEvent[];
  readonly sender: SenderName;
}

/** The events of a body, or what is wrong with it as a whole. */
function readBatch(bytes: Buffer): Batch | string {
  let body: { batch?: unknown; metadata?: unknown } | null;
  try {
    body = JSON.parse(bytes.toString('utf8')) as typeof body;
  } catch {
    return 'The body is not JSON.';
  }
  const batch = body?.batch;
  if (!Array.isArray(batch)) return 'The body must be {"batch": [event, …]}.';
  if (batch.length > MAX_EVENTS) return `A batch has at most ${MAX_EVENTS} events, and this one has ${batch.length}.`;
  const nowMs = Date.now();
  return { events: batch.map((event) => readEvent(event, nowMs)), sender: senderOf(body?.metadata) };
}

const MAX_SENDER_LENGTH = 100;

/** Langfuse's libraries say who they are beside the batch. */
function senderOf(metadata: unknown): SenderName {
  const { sdk_name: name, sdk_version: version } = (metadata ?? {}) as { sdk_name?: unknown; sdk_version?: unknown };
  return {
    name:
      typeof name === 'string' && name !== ''
        ? `langfuse ingestion: ${name.slice(0, MAX_SENDER_LENGTH)}`
        : 'langfuse ingestion',
    version: typeof version === 'string' ? version.slice(0, MAX_SENDER_LENGTH) : '',
  };
}

function toAnswer(events: readonly ReadEvent[], { problems }: Extract<IngestOutcome, { kind: 'done' }>): object {
  const successes: object[] = [];
  const errors: object[] = [];
  for (const [place, { id }] of events.entries()) {
    const message = problems.get(place);
    if (message === undefined) successes.push({ id, status: 201 });
    else errors.push({ id, status: 400, message, error: 'invalid_event' });
  }
  return { successes, errors };
}
