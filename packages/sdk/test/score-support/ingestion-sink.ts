import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { COLLECTOR_HEADER, readExportRequest, type Span } from '@slipstream/wire';

/** One `score-create` event as it came. */
export interface ReceivedScore {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What an ingestion request is answered with: `ok` takes all, a function chooses a status for each event. */
export type IngestionAnswer =
  | 'ok'
  | { readonly status: number; readonly headers?: http.OutgoingHttpHeaders }
  | ((score: ReceivedScore) => number);

/** A backend with Langfuse's ingestion API beside OTLP's traces, over real HTTP. */
export interface IngestionSink {
  readonly url: string;
  /** Scores that were taken, in order of arrival. */
  readonly scores: ReceivedScore[];
  readonly spans: Span[];
  /** Every ingestion request, refused ones too. */
  readonly requests: { readonly path: string; readonly headers: http.IncomingHttpHeaders; readonly count: number }[];
  /** For the requests to come, one each; then `otherwise` answers. */
  readonly answers: IngestionAnswer[];
  close(): Promise<void>;
}

export interface IngestionSinkOptions {
  /** Answers as a Slipstream collector does. @default true */
  readonly isCollector?: boolean;
  /** For requests without an answer of their own. @default 'ok' */
  readonly otherwise?: IngestionAnswer;
  /** Scores of one request at most; more are too large (413). @default any number */
  readonly maxCount?: number;
  /** Has no ingestion API at all. @default false */
  readonly isPlainOtlp?: boolean;
}

const INGESTION_PATH = '/api/public/ingestion';

export async function startIngestionSink(options: IngestionSinkOptions = {}): Promise<IngestionSink> {
  const { isCollector = true, isPlainOtlp = false, otherwise = 'ok', maxCount = Number.POSITIVE_INFINITY } = options;
  const sink = {
    url: '',
    scores: [] as ReceivedScore[],
    spans: [] as Span[],
    requests: [] as IngestionSink['requests'],
  };
  const answers: IngestionAnswer[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (isCollector) response.setHeader(COLLECTOR_HEADER, '1');
      const body = Buffer.concat(chunks);
      const path = request.url ?? '';
      if (path.endsWith('/v1/traces')) {
        const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
        for (const { scopeSpans } of readExportRequest(bytes).request.resourceSpans) {
          for (const { spans } of scopeSpans) sink.spans.push(...spans.filter((span) => span.endTimeUnixNano > 0n));
        }
        response.writeHead(200).end();
        return;
      }
      if (isPlainOtlp || !path.includes(INGESTION_PATH)) {
        response.writeHead(404).end();
        return;
      }
      const { batch } = JSON.parse(body.toString('utf8')) as { batch: ReceivedScore[] };
      sink.requests.push({ path, headers: request.headers, count: batch.length });
      const how = batch.length > maxCount ? { status: 413 } : (answers.shift() ?? otherwise);
      answer(response, batch, how, sink.scores);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sink.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { ...sink, answers, close };
}

function answer(
  response: http.ServerResponse,
  batch: readonly ReceivedScore[],
  how: IngestionAnswer,
  taken: ReceivedScore[],
): void {
  if (typeof how === 'object') {
    response.writeHead(how.status, how.headers).end();
    return;
  }
  const statusOf = (score: ReceivedScore): number => (how === 'ok' ? 201 : how(score));
  taken.push(...batch.filter((score) => statusOf(score) < 300));
  const list = batch.map((score) => ({ id: score.id, status: statusOf(score) }));
  const body = {
    successes: list.filter(({ status }) => status < 300),
    errors: list.filter(({ status }) => status >= 300).map((fault) => ({ ...fault, message: 'refused' })),
  };
  response.writeHead(207, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
