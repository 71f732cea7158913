import type { IncomingMessage, ServerResponse } from 'node:http';
import { BOOKS_PATH, COLLECTOR_HEADER, type Span } from '@slipstream/wire';
import { messageOf, TestkitError } from '../errors.js';
import { readBody } from '../http/body.js';
import { listenOnLoopback } from '../http/loopback-server.js';
import { isRunningSpan, readOtlpBody } from './otlp-body.js';
import { acknowledges, type ScriptedAnswer, sendProtobuf, sendScriptedAnswer, statusBody } from './scripted-answer.js';

/** What of the spans is kept: all of them, only their ids, or only counts (for load). */
export type KeepMode = 'spans' | 'ids' | 'counts';

/** Options of `createFaultyServer`; all but `script` and `otherwise` are those of `createOtlpSink` too. */
export interface FaultyServerOptions {
  /** Answers to the first requests, in order. @default none */
  readonly script?: readonly ScriptedAnswer[];
  /** The answer when the script has ended. @default ok */
  readonly otherwise?: ScriptedAnswer;
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** @default 'spans' */
  readonly keep?: KeepMode;
  /** Spans or ids kept at most; later ones are only counted. @default 1,000,000 */
  readonly maxKeptCount?: number;
  /** Chooses the answer by what arrived; `undefined` leaves it to the script. */
  readonly decide?: (spans: readonly Span[]) => ScriptedAnswer | undefined;
  /** Makes itself known as a Slipstream collector, so that an SDK also sends the starts of spans. @default false */
  readonly asCollector?: boolean;
  /** @default 64 MiB */
  readonly maxBodyBytes?: number;
  /** @default 256 MiB */
  readonly maxDecodedBytes?: number;
  /** Called with each request that was read, before it is answered. */
  readonly onExport?: (arrived: ArrivedExport) => void;
}

/** A request that was read, and what it will be told. */
export interface ArrivedExport {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly spans: readonly Span[];
  readonly answer: ScriptedAnswer;
}

/** What arrived so far. Spans of requests that were not acknowledged are counted apart, as a client sends them again. */
export interface SinkStats {
  /** All trace requests, bad ones too. */
  readonly requests: number;
  /** Bytes of bodies as they came over the wire. */
  readonly bodyBytes: number;
  /** Bytes after decompression. */
  readonly decodedBytes: number;
  /** Finished spans whose request was acknowledged. */
  readonly spans: number;
  /** Finished spans whose request was not. */
  readonly unacknowledgedSpans: number;
  /** Start records of spans that had not ended. */
  readonly runningSpans: number;
  /** Requests that were no OTLP; answered 400, 413 or 404 whatever the script says. */
  readonly badRequests: number;
}

/** A server that takes OTLP traces over HTTP and answers as told. */
export interface FaultyServer {
  readonly port: number;
  /** Without a path; takes `/v1/traces` and `/api/public/otel/v1/traces`. */
  readonly url: string;
  stats(): SinkStats;
  /** Acknowledged finished spans, in order of arrival; empty unless `keep` is `spans`. */
  spans(): readonly Span[];
  /** Different finished acknowledged spans by trace and span id; 0 with `keep: 'counts'`. */
  uniqueSpanCount(): number;
  /** Bodies posted to the path for an SDK's books, newest last; at most 100. */
  books(): readonly unknown[];
  /** Adds answers to what is left of the script. */
  enqueue(...answers: readonly ScriptedAnswer[]): void;
  /** Cuts open connections; safe to call twice. */
  close(): Promise<void>;
}

type SinkSettings = Required<Omit<FaultyServerOptions, 'script' | 'port' | 'onExport' | 'decide'>> & {
  readonly onExport: FaultyServerOptions['onExport'] | undefined;
  readonly decide: FaultyServerOptions['decide'] | undefined;
};

type MutableStats = { -readonly [Name in keyof SinkStats]: SinkStats[Name] };

const TRACE_PATHS: ReadonlySet<string> = new Set(['/v1/traces', '/api/public/otel/v1/traces']);
const MAX_BOOKS_COUNT = 100;

const DEFAULTS: SinkSettings = {
  keep: 'spans',
  maxKeptCount: 1_000_000,
  asCollector: false,
  maxBodyBytes: 64 * 1024 * 1024,
  maxDecodedBytes: 256 * 1024 * 1024,
  otherwise: { kind: 'ok' },
  onExport: undefined,
  decide: undefined,
};

/**
 * Starts a sink with scripted answers.
 * @throws TestkitError `LISTEN_FAILED`
 */
export async function createFaultyServer(options: FaultyServerOptions = {}): Promise<FaultyServer> {
  const sink = new Sink(options);
  const { port, url, close } = await listenOnLoopback((request, response) => {
    sink.handle(request, response).catch((error: unknown) => sink.answerError(request, response, error));
  }, options.port ?? 0);
  return {
    port,
    url,
    stats: () => ({ ...sink.stats }),
    spans: () => sink.keptSpans,
    uniqueSpanCount: () => sink.keptIds.size,
    books: () => sink.books,
    enqueue: (...answers) => void sink.script.push(...answers),
    close,
  };
}

/**
 * Starts a sink that acknowledges everything: it reads each request with wire and keeps or counts its spans.
 * @throws TestkitError `LISTEN_FAILED`
 */
export function createOtlpSink(
  options: Omit<FaultyServerOptions, 'script' | 'otherwise' | 'decide'> = {},
): Promise<FaultyServer> {
  return createFaultyServer(options);
}

class Sink {
  readonly stats: MutableStats = {
    requests: 0,
    bodyBytes: 0,
    decodedBytes: 0,
    spans: 0,
    unacknowledgedSpans: 0,
    runningSpans: 0,
    badRequests: 0,
  };
  readonly script: ScriptedAnswer[];
  readonly keptSpans: Span[] = [];
  readonly keptIds = new Set<string>();
  readonly books: unknown[] = [];
  readonly #options: SinkSettings;

  constructor(options: FaultyServerOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.script = [...(options.script ?? [])];
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (this.#options.asCollector) response.setHeader(COLLECTOR_HEADER, '1');
    if (request.method === 'POST' && path === BOOKS_PATH) return this.#takeBooks(request, response);
    if (request.method !== 'POST' || !TRACE_PATHS.has(path)) {
      request.resume();
      return sendProtobuf(response, 404, statusBody(`no such route: ${request.method} ${path}`));
    }
    await this.#takeTraces(path, request, response);
  }

  answerError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    this.stats.badRequests++;
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    // An unread body would otherwise be taken for the next request of the connection.
    if (!request.complete) response.setHeader('connection', 'close');
    const isTooLarge = error instanceof TestkitError && error.code === 'BODY_TOO_LARGE';
    const status = isTooLarge ? 413 : error instanceof TestkitError ? 400 : 500;
    sendProtobuf(response, status, statusBody(messageOf(error)));
  }

  async #takeTraces(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.stats.requests++;
    const body = await readBody(request, this.#options.maxBodyBytes);
    this.stats.bodyBytes += body.length;
    const received = await readOtlpBody(body, request.headers, this.#options.maxDecodedBytes);
    this.stats.decodedBytes += received.decodedBytes;
    const answer = this.#options.decide?.(received.spans) ?? this.script.shift() ?? this.#options.otherwise;
    this.#count(received.spans, acknowledges(answer));
    this.#options.onExport?.({ path, headers: request.headers, spans: received.spans, answer });
    await sendScriptedAnswer(request, response, answer);
  }

  #count(spans: readonly Span[], isAcknowledged: boolean): void {
    for (const span of spans) {
      if (isRunningSpan(span)) this.stats.runningSpans++;
      else if (isAcknowledged) this.#keep(span);
      else this.stats.unacknowledgedSpans++;
    }
  }

  #keep(span: Span): void {
    this.stats.spans++;
    const { keep, maxKeptCount } = this.#options;
    if (keep === 'counts') return;
    if (this.keptIds.size < maxKeptCount) this.keptIds.add(`${span.traceId}/${span.spanId}`);
    if (keep === 'spans' && this.keptSpans.length < maxKeptCount) this.keptSpans.push(span);
  }

  async #takeBooks(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, this.#options.maxBodyBytes);
    try {
      this.books.push(JSON.parse(body.toString('utf8')));
    } catch (error) {
      throw new TestkitError('INVALID_BODY', 'the books are not JSON', { cause: error });
    }
    if (this.books.length > MAX_BOOKS_COUNT) this.books.shift();
    sendProtobuf(response, 200, new Uint8Array());
  }
}
