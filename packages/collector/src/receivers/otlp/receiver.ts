import { COLLECTOR_HEADER, type ReadLimits } from '@slipstream/wire';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { reasonOf } from '../../errors.js';
import type { Queue } from '../../queue/contract.js';
import { type BodyLimits, type BodyResult, discardBody, readBody } from '../body.js';
import type { InflightBudget, Reservation } from '../inflight-budget.js';
import { INGESTION_PATH } from '../langfuse/paths.js';
import { countRefusal, type ReceiverStats } from '../receiver-stats.js';
import { encodingOf, JSON_ENCODING, type OtlpEncoding } from './encoding.js';
import { acceptExport, type ExportOutcome } from './intake.js';
import { answerOf, type Refusal, refusalOfBody } from './refusal.js';

/** OTLP's own path, and Langfuse's. */
export const OTLP_PATHS = ['/v1/traces', '/api/public/otel/v1/traces'] as const;

const PROTOCOL_VERSION = '1';

export interface OtlpReceiverSettings {
  readonly queue: Queue;
  readonly stats: ReceiverStats;
  readonly budget: InflightBudget;
  readonly bodyLimits: BodyLimits;
  readonly readLimits: Partial<ReadLimits>;
}

/** A body that was read or refused, and the memory that it holds until it is answered. */
interface ParsedBody {
  readonly result: BodyResult | { readonly kind: 'refused'; readonly refusal: Refusal };
  readonly reservation: Reservation;
}

/** Tells a Slipstream SDK what it talks to, on every answer of these paths, refusals of access included. */
export function markOtlpResponses(app: FastifyInstance): void {
  const paths = new Set<string>([...OTLP_PATHS, INGESTION_PATH]);
  app.addHook('onRequest', async (request, reply) => {
    if (paths.has(request.url.split('?', 1)[0] ?? '')) reply.header(COLLECTOR_HEADER, PROTOCOL_VERSION);
  });
}

/** OTLP/HTTP traces: protobuf and JSON, plain and gzip, on {@link OTLP_PATHS}. Answers 2xx only for what is durable. */
export async function otlpReceiver(app: FastifyInstance, settings: OtlpReceiverSettings): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest) => parseBody(request, settings));
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOfError(error);
    return refuse(request, reply, settings.stats, refusal);
  });
  for (const path of OTLP_PATHS) {
    app.post(path, (request, reply) => handleExport(request, reply, settings));
    app.route({
      method: OTHER_METHODS,
      url: path,
      onRequest: async (request, reply) => {
        reply.header('allow', 'POST');
        return refuse(request, reply, settings.stats, WRONG_METHOD);
      },
      handler: async () => undefined,
    });
  }
}

const OTHER_METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const WRONG_METHOD: Refusal = { kind: 'wrong_method', message: 'Traces are sent by POST.' };

const UNAUTHENTICATED = 16;
const PERMISSION_DENIED = 7;

/** A request that may not be made, in OTLP's own form where it is an export. */
export function answerOtlpRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: { readonly status: 401 | 403; readonly message: string },
): FastifyReply | undefined {
  if (!(OTLP_PATHS as readonly string[]).includes(request.url.split('?', 1)[0] ?? '')) return undefined;
  const encoding = responseEncoding(request);
  const code = refusal.status === 401 ? UNAUTHENTICATED : PERMISSION_DENIED;
  return reply
    .code(refusal.status)
    .header('content-type', encoding.contentType)
    .send(encoding.writeStatus({ code, message: refusal.message }));
}

async function parseBody(request: FastifyRequest, settings: OtlpReceiverSettings): Promise<ParsedBody> {
  const reservation = settings.budget.reserve();
  const refusal = refusalOfHeaders(request);
  if (refusal !== undefined) {
    discardBody(request.raw);
    return { result: { kind: 'refused', refusal }, reservation };
  }
  const length = Number(request.headers['content-length']);
  const source = {
    stream: request.raw,
    isGzip: contentEncodingOf(request) === 'gzip',
    contentLengthBytes: Number.isNaN(length) ? undefined : length,
    reservation,
  };
  return { result: await readBody(source, settings.bodyLimits), reservation };
}

async function handleExport(
  request: FastifyRequest,
  reply: FastifyReply,
  settings: OtlpReceiverSettings,
): Promise<FastifyReply> {
  const { stats } = settings;
  stats.requests++;
  const parsed = request.body as ParsedBody | undefined;
  try {
    const outcome = await exportBody(request, parsed?.result, settings);
    if (outcome.kind === 'refused') return refuse(request, reply, stats, outcome.refusal);
    stats.acceptedSpans += outcome.acceptedSpans;
    stats.acceptedStarts += outcome.acceptedStarts;
    stats.rejectedSpans += outcome.rejectedSpans;
    const encoding = responseEncoding(request);
    return reply.code(200).header('content-type', encoding.contentType).send(encoding.writeResponse(outcome.response));
  } finally {
    parsed?.reservation.release();
  }
}

async function exportBody(
  request: FastifyRequest,
  body: ParsedBody['result'] | undefined,
  settings: OtlpReceiverSettings,
): Promise<ExportOutcome> {
  const encoding = encodingOf(request.headers['content-type']);
  // Without a body no parser has run.
  if (body === undefined || encoding === undefined) {
    return { kind: 'refused', refusal: refusalOfHeaders(request) ?? { kind: 'broken', message: 'There is no body.' } };
  }
  if (body.kind === 'refused') return body;
  if (body.kind !== 'ok') return { kind: 'refused', refusal: refusalOfBody(body) };
  settings.stats.receivedBytes += body.receivedBytes;
  return acceptExport(settings.queue, body.bytes, encoding, settings.readLimits);
}

function refusalOfHeaders(request: FastifyRequest): Refusal | undefined {
  const contentType = request.headers['content-type'];
  if (encodingOf(contentType) === undefined) {
    const got = contentType === undefined ? 'none' : JSON.stringify(contentType.slice(0, 100));
    return {
      kind: 'unsupported_type',
      message: `The content type must be application/x-protobuf or application/json, and is ${got}.`,
    };
  }
  const contentEncoding = contentEncodingOf(request);
  if (contentEncoding !== 'identity' && contentEncoding !== 'gzip') {
    return {
      kind: 'unsupported_encoding',
      message: `The content encoding must be gzip or none, and is ${JSON.stringify(contentEncoding.slice(0, 100))}.`,
    };
  }
  return undefined;
}

function contentEncodingOf(request: FastifyRequest): string {
  const header = request.headers['content-encoding']?.trim().toLowerCase();
  return header === undefined || header === '' ? 'identity' : header;
}

/** The request's own encoding; JSON, which everybody can read, where that is unknown. */
function responseEncoding(request: FastifyRequest): OtlpEncoding {
  return encodingOf(request.headers['content-type']) ?? JSON_ENCODING;
}

function refusalOfError(error: unknown): Refusal {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 415) return { kind: 'unsupported_type', message: 'The content type header cannot be read.' };
  return { kind: 'internal', message: `The collector failed on this request: ${reasonOf(error)}` };
}

const MS_PER_SECOND = 1000;

function refuse(request: FastifyRequest, reply: FastifyReply, stats: ReceiverStats, refusal: Refusal): FastifyReply {
  const { httpStatus, rpcCode } = answerOf(refusal.kind);
  countRefusal(stats, httpStatus);
  const encoding = responseEncoding(request);
  if (refusal.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(refusal.retryAfterMs / MS_PER_SECOND));
  // What was not read of the body would be taken for the next request.
  if (!request.raw.readableEnded) reply.header('connection', 'close');
  return reply
    .code(httpStatus)
    .header('content-type', encoding.contentType)
    .send(encoding.writeStatus({ code: rpcCode, message: refusal.message }));
}
