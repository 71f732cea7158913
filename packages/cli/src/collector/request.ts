import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { apiErrorSchema } from '@slipstream/query-api';
import type { z } from 'zod';
import {
  CliError,
  codeOf,
  collectorUnreachable,
  missing,
  notACollector,
  notAuthorized,
  reasonOf,
  rejectedByCollector,
} from '../errors.js';

/** Far above any real answer; a stranger at the address could send without end. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
const ANSWER_TIMEOUT_MS = 30_000;

/** Where a collector is, and what opens it. */
export interface CollectorAddress {
  readonly url: string;
  readonly token: string | undefined;
}

/** What to ask a collector. */
export interface CollectorRequest {
  readonly method?: 'GET' | 'POST';
  /** From the root of the server, for example `/api/v1/traces`. */
  readonly path: string;
  readonly query?: URLSearchParams;
  /** JSON, or a stream of anything. */
  readonly body?: { readonly json: unknown } | { readonly stream: Readable; readonly headers: OutgoingHttpHeaders };
  readonly signal?: AbortSignal;
}

/** Limits of an answer that is read as a whole. */
export interface AnswerLimits {
  /** To the last byte. @default 30,000 */
  readonly timeoutMs?: number;
  /** @default 32 MiB */
  readonly maxBytes?: number;
}

/**
 * Asks a collector for JSON of a known form.
 *
 * @throws CliError `unreachable`, `missing` or `rejected`; the reason of `request.signal` where that ended it
 */
export async function askCollector<Schema extends z.ZodType>(
  address: CollectorAddress,
  request: CollectorRequest,
  schema: Schema,
  limits: AnswerLimits = {},
): Promise<z.infer<Schema>> {
  const timeoutMs = limits.timeoutMs ?? ANSWER_TIMEOUT_MS;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
  try {
    const answer = await openAnswer(address, { ...request, signal });
    const text = await readText(address.url, answer, limits.maxBytes ?? MAX_ANSWER_BYTES);
    return parseAnswer(address.url, text, schema);
  } catch (error) {
    request.signal?.throwIfAborted();
    if (!timeout.aborted) throw error;
    throw collectorUnreachable(address.url, `no answer within ${timeoutMs / 1000} s`, error);
  }
}

/**
 * Asks a collector, and gives its answer as soon as it begins, where it is a good one.
 *
 * @throws CliError as {@link askCollector}
 */
export async function openAnswer(address: CollectorAddress, request: CollectorRequest): Promise<IncomingMessage> {
  const answer = await send(address, request);
  const status = answer.statusCode ?? 0;
  if (status >= 200 && status < 300) return answer;
  if (status === 401) {
    answer.destroy();
    throw notAuthorized(address.url);
  }
  const text = await readText(address.url, answer, MAX_ERROR_BYTES).catch(() => '');
  throw refusalOf(address.url, `${status} to ${request.method ?? 'GET'} ${request.path}`, status, text);
}

/** What a fault of a connection means to a person. */
export function describeFault(error: unknown): string {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return 'it broke the connection off';
    default:
      return reasonOf(error);
  }
}

async function send({ url, token }: CollectorAddress, request: CollectorRequest): Promise<IncomingMessage> {
  const target = new URL(request.path, url);
  target.search = request.query?.toString() ?? '';
  const { body, signal } = request;
  const json = body !== undefined && 'json' in body ? JSON.stringify(body.json) : undefined;
  const headers: OutgoingHttpHeaders = {
    accept: 'application/json, */*;q=0.1',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(json === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }),
    ...(body !== undefined && 'headers' in body ? body.headers : {}),
  };
  const options = { method: request.method ?? 'GET', headers, ...(signal === undefined ? {} : { signal }) };
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      // Redirects are not followed: they would carry the token to an address that nobody chose.
      const message = (target.protocol === 'https:' ? https : http).request(target, options, resolve);
      // Stays for the whole exchange: after the answer has begun, its own stream reports the fault.
      message.on('error', reject);
      if (body !== undefined && 'stream' in body) pipeline(body.stream, message).catch(reject);
      else message.end(json);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof CliError ? error : collectorUnreachable(url, describeFault(error), error);
  }
}

function refusalOf(url: string, exchange: string, status: number, text: string): CliError {
  const parsed = apiErrorSchema.safeParse(parseJson(text));
  // Our own servers name what is missing; "not_found" alone says that they do not know the address.
  if (!parsed.success || parsed.data.error.code === 'not_found') {
    const age = status === 404 ? '; it may be older than this command' : '';
    return notACollector(url, `it answers ${exchange}${age}`);
  }
  const { message } = parsed.data.error;
  if (status === 404) return missing(message.replace(/\.$/, ''));
  return rejectedByCollector(message, status);
}

async function readText(url: string, answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw notACollector(url, `its answer is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw collectorUnreachable(url, describeFault(error), error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws CliError `unreachable` where the text has another form */
export function parseAnswer<Schema extends z.ZodType>(url: string, text: string, schema: Schema): z.infer<Schema> {
  const value = parseJson(text);
  if (value === undefined) throw notACollector(url, 'its answer is no JSON');
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw notACollector(url, `${issue?.path.join('.') || 'the answer'}: ${issue?.message ?? 'unknown form'}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is shown as such by the caller.
    return undefined;
  }
}
