import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf, TestkitError } from '../errors.js';
import { readBody } from '../http/body.js';
import { listenOnLoopback } from '../http/loopback-server.js';
import { type ChatAnswer, sendStream, sendWhole } from './chat-answer.js';
import { parseChatRequest } from './chat-request.js';
import { planCompletion } from './completion.js';
import { answerEmbeddings } from './embeddings.js';
import { chooseFault, type LlmFaultKind } from './faults.js';
import { type LlmServerOptions, type LlmServerSettings, resolveOptions } from './options.js';
import { planPacing, waitForAbort } from './pacing.js';

/** What the server has done so far. */
export interface LlmServerStats {
  /** All HTTP requests, refused ones too. */
  readonly requests: number;
  /** Chat requests that were well formed. */
  readonly chatRequests: number;
  readonly streamedRequests: number;
  readonly embeddingRequests: number;
  /** Answers sent whole. */
  readonly completed: number;
  /** Requests whose client went before the answer was whole. */
  readonly abandoned: number;
  /** Requests refused for what they are: malformed, too large, unknown path, wrong key, too many at once. */
  readonly refused: number;
  /** Injected faults by kind. */
  readonly faults: Readonly<Record<LlmFaultKind, number>>;
  /** Tokens of answered chat and embedding prompts. */
  readonly promptTokens: number;
  /** Tokens sent. */
  readonly completionTokens: number;
  readonly inFlight: number;
}

/** A running OpenAI-compatible server on 127.0.0.1. */
export interface LlmServer {
  readonly port: number;
  /** Base URL for a client, with `/v1`. */
  readonly url: string;
  stats(): LlmServerStats;
  /** Cuts open connections; safe to call twice. */
  close(): Promise<void>;
}

type MutableStats = { -readonly [Name in keyof LlmServerStats]: LlmServerStats[Name] } & {
  faults: Record<LlmFaultKind, number>;
};

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly settings: LlmServerSettings;
  readonly stats: MutableStats;
}

/**
 * Starts an OpenAI-compatible server: `POST /v1/chat/completions` (whole and streamed), `POST /v1/embeddings`,
 * `GET /v1/models`. Answers are seeded teaching dialogue in the language of the last message.
 * @throws TestkitError `INVALID_OPTION`, `LISTEN_FAILED`
 */
export async function createLlmServer(options: LlmServerOptions = {}): Promise<LlmServer> {
  const settings = resolveOptions(options);
  const stats = emptyStats();
  const { port, url, close } = await listenOnLoopback((request, response) => {
    stats.requests++;
    stats.inFlight++;
    response.once('close', () => {
      stats.inFlight--;
    });
    const exchange = { request, response, settings, stats };
    route(exchange).catch((error: unknown) => answerError(exchange, error));
  }, settings.port);
  return {
    port,
    url: `${url}/v1`,
    stats: () => ({ ...stats, faults: { ...stats.faults } }),
    close,
  };
}

function emptyStats(): MutableStats {
  return {
    requests: 0,
    chatRequests: 0,
    streamedRequests: 0,
    embeddingRequests: 0,
    completed: 0,
    abandoned: 0,
    refused: 0,
    faults: { 'rate-limit': 0, 'server-error': 0, drop: 0, slow: 0, hang: 0 },
    promptTokens: 0,
    completionTokens: 0,
    inFlight: 0,
  };
}

async function route(exchange: Exchange): Promise<void> {
  const { request, settings, stats } = exchange;
  if (stats.inFlight > settings.maxInFlightCount) return refuse(exchange, 503, 'too many requests at the same time');
  if (settings.apiKey !== undefined && request.headers.authorization !== `Bearer ${settings.apiKey}`) {
    return refuse(exchange, 401, 'Incorrect API key provided');
  }
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  switch (`${request.method} ${path}`) {
    case 'POST /v1/chat/completions':
      return answerChat(exchange);
    case 'POST /v1/embeddings':
      return answerEmbeddingsRequest(exchange);
    case 'GET /v1/models':
      return sendJson(exchange.response, 200, modelList(settings));
    default:
      return refuse(exchange, 404, `no such route: ${request.method} ${path}`);
  }
}

async function answerChat(exchange: Exchange): Promise<void> {
  const { settings, stats, response } = exchange;
  const body = await readBody(exchange.request, settings.maxBodyBytes);
  const request = parseChatRequest(body, exchange.request.headers);
  settings.onChatRequest?.(request);
  stats.chatRequests++;
  if (request.isStream) stats.streamedRequests++;
  const fault = chooseFault(request, settings.seed, settings.randomFaults);
  if (fault !== undefined) stats.faults[fault]++;
  const signal = closeSignal(response);
  if (await answerFault(exchange, fault, signal)) return;
  const completion = planCompletion(request, settings);
  const answer: ChatAnswer = {
    request,
    completion,
    pacing: planPacing(settings, completion.usage.prompt_tokens, fault === 'slow'),
    drops: fault === 'drop',
    signal,
  };
  const result = request.isStream ? await sendStream(response, answer) : await sendWhole(response, answer);
  stats.completionTokens += result.sentTokens;
  stats.promptTokens += completion.usage.prompt_tokens;
  if (result.isComplete) stats.completed++;
  else if (fault !== 'drop') stats.abandoned++;
}

/** Answers the faults that replace the answer. @returns whether it did. */
async function answerFault(
  { response, stats }: Exchange,
  fault: LlmFaultKind | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  switch (fault) {
    case 'rate-limit':
      // The header that the client library reads before `Retry-After`; short, so that tests need not wait.
      response.setHeader('retry-after-ms', '10');
      sendJson(response, 429, errorBody('Rate limit reached (injected)', 'rate_limit_exceeded'));
      return true;
    case 'server-error':
      sendJson(response, 500, errorBody('The server had an error (injected)', 'server_error'));
      return true;
    case 'hang':
      await waitForAbort(signal);
      stats.abandoned++;
      return true;
    default:
      return false;
  }
}

async function answerEmbeddingsRequest({ request, response, settings, stats }: Exchange): Promise<void> {
  const body = await readBody(request, settings.maxBodyBytes);
  const answer = answerEmbeddings(body, settings.seed);
  stats.embeddingRequests++;
  stats.promptTokens += answer.promptTokens;
  sendJson(response, 200, answer.body);
  stats.completed++;
}

function modelList(settings: LlmServerSettings): object {
  const data = settings.models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'testkit' }));
  return { object: 'list', data };
}

function closeSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

function answerError(exchange: Exchange, error: unknown): void {
  if (error instanceof TestkitError) {
    refuse(exchange, error.code === 'BODY_TOO_LARGE' ? 413 : 400, error.message);
    return;
  }
  if (exchange.response.destroyed || exchange.request.errored) {
    exchange.stats.abandoned++;
    return;
  }
  refuse(exchange, 500, messageOf(error));
}

function refuse({ request, response, stats }: Exchange, status: number, message: string): void {
  stats.refused++;
  // An unread body would otherwise be taken for the next request of the connection.
  if (!request.complete) response.setHeader('connection', 'close');
  sendJson(response, status, errorBody(message, status === 401 ? 'invalid_api_key' : 'invalid_request_error'));
}

function errorBody(message: string, type: string): object {
  return { error: { message, type, param: null, code: type } };
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
