import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { exportFormatSchema, exportQuerySchema } from '@slipstream/query-api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CollectorError, type CollectorErrorCode } from '../errors.js';
import { discardBody } from '../receivers/body.js';
import type { Transfers } from '../transfer/transfers.js';
import { describeIssues, sendApiError } from './api-error.js';

export interface TransferRoutesSettings {
  readonly transfers: Transfers;
}

const importQuerySchema = z.object({
  format: exportFormatSchema.default('jsonl'),
  /** Whether forward destinations get the rows, too. */
  forward: z.enum(['0', '1']).default('0'),
});

/** From the first byte of a file to its last. */
const IMPORT_TIMEOUT_MS = 3_600_000;

const ANSWERS: Readonly<Partial<Record<CollectorErrorCode, { readonly status: number; readonly code: string }>>> = {
  TRANSFER_BUSY: { status: 503, code: 'transfer_busy' },
  IMPORT_TOO_LARGE: { status: 413, code: 'import_too_large' },
  IMPORT_UNREADABLE: { status: 400, code: 'import_unreadable' },
  IMPORT_UNAVAILABLE: { status: 503, code: 'import_unavailable' },
};

const RETRY_AFTER_S = 5;

/** `GET /api/v1/export` and `POST /api/v1/import`. */
export async function transferRoutes(app: FastifyInstance, { transfers }: TransferRoutesSettings): Promise<void> {
  // A file is read by the route as it comes, whatever it says it is.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));

  app.get('/api/v1/export', async (request, reply) => {
    const query = exportQuerySchema.safeParse(request.query);
    if (!query.success) return sendApiError(reply, 400, 'invalid_query', describeIssues(query.error));
    return answering(reply, async () => {
      if (query.data.format === 'jsonl') return sendJsonl(request, reply, transfers.exportJsonl(query.data));
      const file = await transfers.exportParquet(query.data, goneSignal(reply));
      return sendParquet(reply, createReadStream(file.path), file.remove);
    });
  });

  app.post('/api/v1/import', { config: { bodyTimeoutMs: IMPORT_TIMEOUT_MS } }, async (request, reply) => {
    const query = importQuerySchema.safeParse(request.query);
    if (!query.success) {
      discardBody(request.raw);
      return sendApiError(reply, 400, 'invalid_query', describeIssues(query.error));
    }
    return answering(reply, async () => {
      try {
        return await transfers.import({
          format: query.data.format,
          isForwarded: query.data.forward === '1',
          body: request.raw,
          signal: goneSignal(reply),
        });
      } catch (error) {
        // What was not read of the file would be taken for the next request.
        reply.header('connection', 'close');
        if (!request.raw.readableEnded && !request.raw.destroyed) discardBody(request.raw);
        throw error;
      }
    });
  });
}

/** Aborts when whoever asked has gone away before the answer was whole. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.on('close', () => gone.abort());
  return gone.signal;
}

async function answering<T>(reply: FastifyReply, work: () => Promise<T>): Promise<T | FastifyReply> {
  try {
    return await work();
  } catch (error) {
    const answer = error instanceof CollectorError ? ANSWERS[error.code] : undefined;
    if (answer === undefined || !(error instanceof Error)) throw error;
    if (answer.status === 503) reply.header('retry-after', RETRY_AFTER_S);
    return sendApiError(reply, answer.status, answer.code, error.message);
  }
}

/** A fault on the way cuts the answer off, visibly: it was begun as a good one. */
function sendJsonl(request: FastifyRequest, reply: FastifyReply, lines: Readable): FastifyReply {
  reply
    .header('content-type', 'application/x-ndjson; charset=utf-8')
    .header('content-disposition', 'attachment; filename="slipstream.jsonl"')
    .header('cache-control', 'no-store')
    .header('vary', 'accept-encoding');
  if (!acceptsGzip(request)) return reply.send(lines);
  // The error of either side destroys both, and with them the answer.
  return reply.header('content-encoding', 'gzip').send(pipeline(lines, createGzip({ level: 1 }), () => undefined));
}

function sendParquet(reply: FastifyReply, stream: Readable, remove: () => Promise<void>): FastifyReply {
  // A file that cannot be removed now goes with the next start.
  stream.once('close', () => void remove().catch(() => undefined));
  return reply
    .header('content-type', 'application/vnd.apache.parquet')
    .header('content-disposition', 'attachment; filename="slipstream.parquet"')
    .header('cache-control', 'no-store')
    .send(stream);
}

function acceptsGzip(request: FastifyRequest): boolean {
  const accepted = String(request.headers['accept-encoding'] ?? '').toLowerCase();
  return /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted);
}
