/**
 * The collector's HTTP interface over data in memory. Requests and answers are parsed by the schemas of the query API, so
 * that it can neither take nor give what the real one would not.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CollectorEnvironment,
  type DestinationStatus,
  destinationsSchema,
  environmentSchema,
  exportQuerySchema,
  type ImportResult,
  importResultSchema,
  type ObservationDetail,
  observationDetailSchema,
  observationRowSchema,
  replayRequestSchema,
  replayResultSchema,
  type SqlRequest,
  type SqlResult,
  scoreRowSchema,
  sqlRequestSchema,
  sqlResultSchema,
  type TraceDetail,
  type TraceFilter,
  type TraceSummary,
  traceDetailSchema,
  traceFilterSchema,
  traceListQuerySchema,
  traceListSchema,
  traceSummarySchema,
} from '@slipstream/query-api';
import { makeStatus } from './status-fixture.js';

/** What the collector knows, and what it was asked. */
export interface FakeData {
  traces: TraceSummary[];
  details: TraceDetail[];
  observations: ObservationDetail[];
  settings: CollectorEnvironment['settings'];
  destinations: DestinationStatus[];
  /** Dead letters that no replay delivers. */
  undeliverable: number;
  sql(request: SqlRequest): SqlResult;
  /** Lines of an export. */
  rows: unknown[];
  /** Breaks an export off after its first line. */
  breaksOff: boolean;
  token: string | undefined;
}

export interface FakeApi {
  readonly url: string;
  readonly data: FakeData;
  /** The requests so far: `GET /api/v1/traces?limit=1`. */
  readonly requests: string[];
  readonly filters: TraceFilter[];
  readonly imported: unknown[];
  /** Sends an event to everyone who listens. */
  tell(event: string, data: unknown): void;
  listeners(): number;
  /** Cuts every live stream off. */
  cut(): void;
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>;

/** Starts one on a free port, or on the one that is named. */
export async function startFakeApi(changes: Partial<FakeData> = {}, port = 0): Promise<FakeApi> {
  const data: FakeData = {
    traces: [],
    details: [],
    observations: [],
    settings: [],
    destinations: [],
    undeliverable: 0,
    sql: () => ({ columns: [], rows: [], truncated: false, elapsedMs: 1 }),
    rows: [],
    breaksOff: false,
    token: undefined,
    ...changes,
  };
  const fake = createRoutes(data);
  const server = createServer((request, response) => {
    fake.requests.push(`${request.method} ${request.url}`);
    void fake.handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port }, resolve));
  return {
    ...fake,
    data,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => closeServer(server),
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** The routes alone, for a server of somebody else. */
export function createRoutes(data: FakeData) {
  const requests: string[] = [];
  const filters: TraceFilter[] = [];
  const imported: unknown[] = [];
  const live = new Set<ServerResponse>();

  const routes: readonly (readonly [method: string, path: RegExp, answer: Answer])[] = [
    ['GET', /^\/api\/v1\/status$/, (_request, response) => json(response, makeStatus())],
    ['GET', /^\/api\/v1\/traces$/, (_request, response, url) => listTraces(data, filters, response, url)],
    ['GET', /^\/api\/v1\/traces\/[^/]+$/, (_request, response, url) => oneTrace(data, response, url)],
    ['GET', /^\/api\/v1\/traces\/[^/]+\/observations\/[^/]+$/, (_request, response, url) => one(data, response, url)],
    [
      'GET',
      /^\/api\/v1\/live$/,
      (_request, response, url) => {
        const filter = traceFilterSchema.safeParse(queryOf(url));
        if (!filter.success) return refuse(response, 400, 'invalid_filter', 'level: Invalid option');
        filters.push(filter.data);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('event: hello\ndata: {}\n\n');
        live.add(response);
        response.on('close', () => live.delete(response));
      },
    ],
    [
      'POST',
      /^\/api\/v1\/sql$/,
      async (request, response) => {
        const body = sqlRequestSchema.parse(JSON.parse((await readBody(request)).toString()));
        if (body.sql.startsWith('DROP')) return refuse(response, 400, 'invalid_sql', 'Only SELECT is allowed.');
        json(response, sqlResultSchema.parse(data.sql(body)));
      },
    ],
    ['GET', /^\/api\/v1\/export$/, (_request, response, url) => exportRows(data, response, url)],
    [
      'POST',
      /^\/api\/v1\/import$/,
      async (request, response, url) => {
        if (url.searchParams.get('format') === 'parquet')
          return refuse(response, 400, 'invalid_file', 'It is no Parquet.');
        json(response, importResultSchema.parse(importLines(await readBody(request), imported)));
      },
    ],
    [
      'GET',
      /^\/api\/v1\/env$/,
      (_request, response) => json(response, environmentSchema.parse({ settings: data.settings })),
    ],
    [
      'GET',
      /^\/api\/v1\/destinations$/,
      (_request, response) => json(response, destinationsSchema.parse({ destinations: data.destinations })),
    ],
    [
      'POST',
      /^\/api\/v1\/destinations\/[^/]+\/replay$/,
      (request, response, url) => replay(data, request, response, url),
    ],
  ];

  return {
    requests,
    filters,
    imported,
    listeners: () => live.size,
    tell: (event: string, value: unknown) => {
      const text = JSON.stringify(event === 'trace' ? traceSummarySchema.parse(value) : value);
      for (const response of live) response.write(`event: ${event}\ndata: ${text}\n\n`);
    },
    cut: () => {
      for (const response of live) response.destroy();
    },
    handle: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      if (data.token !== undefined && request.headers.authorization !== `Bearer ${data.token}`) {
        return refuse(response, 401, 'token_required', 'This collector needs its token.');
      }
      const url = new URL(request.url ?? '/', 'http://fake');
      const route = routes.find(([method, path]) => method === request.method && path.test(url.pathname));
      if (route === undefined) return refuse(response, 404, 'not_found', 'There is nothing at this address.');
      await route[2](request, response, url);
    },
  };
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { code, message } }));
}

function queryOf(url: URL): Record<string, string | string[]> {
  const names = [...new Set(url.searchParams.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = url.searchParams.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function listTraces(data: FakeData, filters: TraceFilter[], response: ServerResponse, url: URL): void {
  const query = traceListQuerySchema.safeParse(queryOf(url));
  if (!query.success) {
    refuse(response, 400, 'invalid_query', 'limit: too large');
    return;
  }
  const { limit, cursor, ...filter } = query.data;
  filters.push(filter);
  const found = data.traces.filter(({ name }) => filter.name === undefined || name === filter.name);
  const start = Number(cursor ?? 0);
  const end = Math.min(start + limit, found.length);
  const nextCursor = end < found.length ? String(end) : null;
  json(response, traceListSchema.parse({ traces: found.slice(start, end), nextCursor, elapsedMs: 1 }));
}

function oneTrace(data: FakeData, response: ServerResponse, url: URL): void {
  const traceId = url.pathname.split('/').at(-1);
  const detail = data.details.find(({ trace }) => trace.traceId === traceId);
  if (detail === undefined) {
    refuse(response, 404, 'trace_not_found', 'There is no trace with this id.');
    return;
  }
  json(response, traceDetailSchema.parse(detail));
}

function one(data: FakeData, response: ServerResponse, url: URL): void {
  const spanId = url.pathname.split('/').at(-1);
  const detail = data.observations.find((observation) => observation.spanId === spanId);
  if (detail === undefined) {
    refuse(response, 404, 'observation_not_found', 'There is no observation with these ids.');
    return;
  }
  json(response, observationDetailSchema.parse(detail));
}

function exportRows(data: FakeData, response: ServerResponse, url: URL): void {
  const query = exportQuerySchema.safeParse(queryOf(url));
  if (!query.success) {
    refuse(response, 400, 'invalid_query', 'traceId: Invalid string');
    return;
  }
  if (query.data.format === 'parquet') {
    response.writeHead(200).end('PAR1 bytes PAR1');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (const row of data.rows) {
    response.write(`${JSON.stringify(row)}\n`);
    if (data.breaksOff) {
      setImmediate(() => response.destroy());
      return;
    }
  }
  response.end();
}

function importLines(body: Buffer, imported: unknown[]): ImportResult {
  const result: ImportResult = { observations: 0, scores: 0, refused: 0, problems: [] };
  for (const [index, line] of body.toString().split('\n').entries()) {
    if (line === '') continue;
    const value = parse(line);
    const row = observationRowSchema.or(scoreRowSchema).safeParse(value);
    if (!row.success) {
      result.refused += 1;
      result.problems.push({ line: index + 1, message: `not a row: ${line.slice(0, 200)}` });
      continue;
    }
    imported.push(row.data);
    if (row.data.kind === 'observation') result.observations += 1;
    else result.scores += 1;
  }
  return result;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function replay(data: FakeData, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const { maxEntries } = replayRequestSchema.parse(JSON.parse((await readBody(request)).toString()));
  const destination = data.destinations.find(({ name }) => name === url.pathname.split('/').at(-2));
  if (destination === undefined) return refuse(response, 404, 'destination_not_found', 'There is no such destination.');
  const { deadLetters } = destination;
  const tried = Math.min(maxEntries, deadLetters.entries);
  const failed = Math.min(data.undeliverable, tried);
  deadLetters.entries -= tried - failed;
  json(response, replayResultSchema.parse({ delivered: tried - failed, failed, remaining: deadLetters.entries }));
}
