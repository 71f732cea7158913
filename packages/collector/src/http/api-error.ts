import type { ApiError } from '@slipstream/query-api';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';
import { systemCodeOf } from '../errors.js';

/** Answers with the error shape of the read API. */
export function sendApiError(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  const body: ApiError = { error: { code, message } };
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

const MAX_ISSUES = 5;

/** What a schema found wrong, for a person: `limit: must be at most 500; level: …`. */
export function describeIssues(error: z.ZodError): string {
  const shown = error.issues.slice(0, MAX_ISSUES).map(({ path, message }) => {
    const place = path.map(String).join('.');
    return place === '' ? message : `${place}: ${message}`;
  });
  if (error.issues.length > MAX_ISSUES) shown.push(`and ${error.issues.length - MAX_ISSUES} more`);
  return shown.join('; ');
}

interface KnownAnswer {
  readonly status: number;
  readonly code: string;
}

/** What the store and the queue report by code, as the sender of a query sees it. */
const KNOWN_ANSWERS: Readonly<Record<string, KnownAnswer>> = {
  invalid_cursor: { status: 400, code: 'invalid_cursor' },
  sql_refused: { status: 400, code: 'sql_refused' },
  query_timeout: { status: 503, code: 'query_timeout' },
  query_overload: { status: 503, code: 'query_overload' },
  store_closed: { status: 503, code: 'closing' },
  store_worker_died: { status: 503, code: 'store_restarting' },
  QUEUE_UNAVAILABLE: { status: 503, code: 'queue_unavailable' },
};

/** One error answer for everything below: known ones by their code, the rest as 500 without inner details. */
export function answerErrors(app: FastifyInstance, onInternalError: (error: unknown) => void): void {
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const known = KNOWN_ANSWERS[systemCodeOf(error) ?? ''];
    if (known !== undefined) return sendApiError(reply, known.status, known.code, error.message);
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) return sendApiError(reply, status, 'invalid_request', error.message);
    onInternalError(error);
    return sendApiError(reply, 500, 'internal', 'The collector failed on this request; its log says why.');
  });
}
