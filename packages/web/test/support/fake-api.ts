import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import {
  DETAIL_TEXT_LIMIT,
  facetsSchema,
  observationDetailSchema,
  observationNodeSchema,
  type Series,
  seriesSchema,
  statusSchema,
  type TraceFilter,
  type TraceSummary,
  traceDetailSchema,
  traceListQuerySchema,
  traceListSchema,
  traceSummarySchema,
} from '@slipstream/query-api';
import { type FakeTrace, summarise } from './fake-data.js';

/** As strict as the real collector's. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
].join('; ');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface FakeApi {
  readonly url: string;
  /** Paths that were asked for, with their search. */
  readonly requests: readonly string[];
  readonly liveConnections: number;
  /** Adds or replaces a trace and tells the open streams. */
  put(trace: FakeTrace): void;
  /** The same without telling anybody, as while a stream is down. */
  putSilently(trace: FakeTrace): void;
  /** Answers with this where volume and latency are asked for; without it nothing has ended. */
  setSeries(series: Series): void;
  /** Forgets traces and requests. */
  clear(): void;
  /** Ends every open stream; while `refuse` holds, new ones are answered 503. */
  breakStreams(refuse: boolean): void;
  close(): Promise<void>;
}

/** A collector of nothing but what tests put into it. Every answer is checked against query-api before it is sent. */
export async function startFakeApi(distDirectory: string): Promise<FakeApi> {
  const state: FakeState = {
    traces: new Map(),
    streams: new Map(),
    requests: [],
    isRefusing: false,
    series: EMPTY_SERIES,
  };
  const server = createServer((request, response) => {
    answer(state, distDirectory, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests: state.requests,
    get liveConnections() {
      return state.streams.size;
    },
    put(trace) {
      state.traces.set(trace.traceId, trace);
      publish(state, summarise(trace));
    },
    putSilently: (trace) => void state.traces.set(trace.traceId, trace),
    setSeries(series) {
      state.series = series;
    },
    clear() {
      state.traces.clear();
      state.series = EMPTY_SERIES;
      state.requests.length = 0;
    },
    breakStreams(refuse) {
      state.isRefusing = refuse;
      for (const response of state.streams.keys()) response.destroy();
      state.streams.clear();
    },
    async close() {
      for (const response of state.streams.keys()) response.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const EMPTY_SERIES: Series = {
  stepMs: 60_000,
  points: [],
  total: { spans: 0, errors: 0, p50Ms: null, p90Ms: null, p95Ms: null, p99Ms: null, costUsd: 0, totalTokens: 0 },
  otherSpans: 0,
};

interface FakeState {
  series: Series;
  readonly traces: Map<string, FakeTrace>;
  readonly streams: Map<ServerResponse, TraceFilter>;
  readonly requests: string[];
  isRefusing: boolean;
}

async function answer(state: FakeState, dist: string, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '/', 'http://fake');
  state.requests.push(url.pathname + url.search);
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  if (parts[0] !== 'api') return sendFile(dist, url.pathname, response);
  const [, , resource, traceId, , spanId] = parts;
  if (resource === 'live') return openStream(state, url, request, response);
  if (resource === 'series') return sendJson(response, seriesSchema.parse(state.series));
  if (resource === 'facets') return sendJson(response, facetsSchema.parse(facetsOf(state)));
  if (resource === 'status') return sendJson(response, statusSchema.parse(statusOf(state)));
  if (resource !== 'traces') return sendError(response, 404, 'not_found', 'no such resource');
  if (traceId === undefined) return sendJson(response, traceListSchema.parse(listOf(state, url)));
  const trace = state.traces.get(traceId);
  if (trace === undefined) return sendError(response, 404, 'not_found', 'no such trace');
  if (spanId === undefined) return sendJson(response, traceDetailSchema.parse(detailOf(trace)));
  const observation = trace.observations.find((candidate) => candidate.spanId === spanId);
  if (observation === undefined) return sendError(response, 404, 'not_found', 'no such observation');
  const cut = (content: { text: string; fullLength: number } | null) =>
    content === null || url.searchParams.get('full') === '1'
      ? content
      : { ...content, text: content.text.slice(0, DETAIL_TEXT_LIMIT) };
  sendJson(
    response,
    observationDetailSchema.parse({ ...observation, input: cut(observation.input), output: cut(observation.output) }),
  );
}

function filterOf(url: URL) {
  const raw: Record<string, unknown> = Object.fromEntries(url.searchParams);
  if (url.searchParams.has('metadata')) raw.metadata = url.searchParams.getAll('metadata');
  return traceListQuerySchema.parse(raw);
}

function matches(filter: TraceFilter, trace: FakeTrace): boolean {
  const summary = summarise(trace);
  const levels = ['DEBUG', 'DEFAULT', 'WARNING', 'ERROR'];
  const text = filter.text?.toLowerCase();
  return (
    (filter.name === undefined || summary.name === filter.name) &&
    (filter.conversation === undefined || summary.conversation === filter.conversation) &&
    (filter.user === undefined || summary.userId === filter.user) &&
    (filter.service === undefined || summary.service === filter.service) &&
    (filter.fromUs === undefined || summary.startTimeUs >= filter.fromUs) &&
    (filter.toUs === undefined || summary.startTimeUs <= filter.toUs) &&
    (filter.level === undefined || levels.indexOf(summary.level) >= levels.indexOf(filter.level)) &&
    (filter.metadata ?? []).every((pair) => {
      const colon = pair.indexOf(':');
      return summary.metadata[pair.slice(0, colon)] === pair.slice(colon + 1);
    }) &&
    (text === undefined || JSON.stringify(trace.observations).toLowerCase().includes(text))
  );
}

function listOf(state: FakeState, url: URL) {
  const { limit, cursor, ...filter } = filterOf(url);
  const found = [...state.traces.values()].filter((trace) => matches(filter, trace)).map(summarise);
  found.sort((a, b) => b.startTimeUs - a.startTimeUs);
  const from = cursor === undefined ? 0 : found.findIndex((trace) => trace.traceId === cursor) + 1;
  const page = found.slice(from, from + limit);
  const hasMore = from + limit < found.length;
  return { traces: page, nextCursor: hasMore ? (page.at(-1)?.traceId ?? null) : null, elapsedMs: 4.2 };
}

function detailOf(trace: FakeTrace) {
  const observations = trace.observations.map((observation) => observationNodeSchema.parse(observation));
  observations.sort((a, b) => a.startTimeUs - b.startTimeUs);
  return { trace: summarise(trace), observations, scores: trace.scores ?? [], truncated: false };
}

function facetsOf(state: FakeState) {
  const summaries = [...state.traces.values()].map(summarise);
  const count = (values: (string | null)[]) => {
    const counts = new Map<string, number>();
    for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts].map(([value, number]) => ({ value, count: number })).sort((a, b) => b.count - a.count);
  };
  return {
    names: count(summaries.map((summary) => summary.name)),
    services: count(summaries.map((summary) => summary.service)),
    metadataKeys: count(summaries.flatMap((summary) => Object.keys(summary.metadata))),
  };
}

function statusOf(state: FakeState) {
  const observations = [...state.traces.values()].flatMap((trace) => trace.observations);
  const runningSpans = observations.filter(({ endTimeUs, type }) => endTimeUs === null && type !== 'event').length;
  return {
    version: '0.1.0',
    startedAtMs: Date.now() - 60_000,
    nowMs: Date.now(),
    processes: [],
    receiver: { requests: 1, acceptedSpans: observations.length, acceptedStarts: 0, rejectedSpans: 0, refused: {} },
    queue: { nextId: 1, segments: 1, bytes: 0, backlog: {}, quarantinedRecords: 0 },
    store: {
      spans: observations.length - runningSpans,
      runningSpans,
      traces: state.traces.size,
      duplicates: 0,
      bytes: 0,
      spansByInstance: {},
    },
  };
}

function openStream(state: FakeState, url: URL, request: IncomingMessage, response: ServerResponse) {
  if (state.isRefusing) return sendError(response, 503, 'unavailable', 'starting');
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('event: hello\ndata: {}\n\n');
  const { limit: _limit, cursor: _cursor, ...filter } = filterOf(url);
  state.streams.set(response, filter);
  request.on('close', () => state.streams.delete(response));
}

function publish(state: FakeState, summary: TraceSummary) {
  const trace = state.traces.get(summary.traceId);
  for (const [response, filter] of state.streams) {
    if (trace === undefined || !matches(filter, trace)) continue;
    response.write(`event: trace\ndata: ${JSON.stringify(traceSummarySchema.parse(summary))}\n\n`);
  }
}

function sendJson(response: ServerResponse, body: unknown) {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendError(response: ServerResponse, status: number, code: string, message: string) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { code, message } }));
}

async function sendFile(dist: string, pathname: string, response: ServerResponse) {
  const isFile = path.extname(pathname) !== '';
  const file = path.join(dist, isFile ? path.normalize(pathname) : 'index.html');
  const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(await readFile(file));
}
