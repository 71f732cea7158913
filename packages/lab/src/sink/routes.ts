import type { SpanVisitor } from './counts.js';
import { visitDdSpans } from './dd-msgpack.js';
import { visitOtlpJsonSpans } from './otlp-json.js';
import { visitOtlpProtobufSpans } from './otlp-protobuf.js';
import {
  visitBraintrustRows,
  visitIngestionEvents,
  visitLangSmithRuns,
  visitOpikSpans,
  visitOpikUpdate,
  visitSentrySpans,
} from './vendor-bodies.js';

/** What the sink sends back. */
export interface SinkAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A request as far as routes look at it. */
export interface RoutedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly isJson: boolean;
}

/** Trace requests of one kind: what they are told, and how their spans are found. */
export interface TraceRoute {
  readonly answer: (request: RoutedRequest) => SinkAnswer;
  readonly visit: (body: Buffer, visit: SpanVisitor, request: RoutedRequest) => void;
}

const json = (value: unknown, status = 200): SinkAnswer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
});
const EMPTY_PROTOBUF: SinkAnswer = { status: 200, contentType: 'application/x-protobuf', body: '' };
const NO_CONTENT: SinkAnswer = { status: 204, contentType: 'application/json', body: '' };

const OTLP: TraceRoute = {
  answer: ({ isJson }) => (isJson ? json({}) : EMPTY_PROTOBUF),
  visit: (body, visit, { isJson }) => (isJson ? visitOtlpJsonSpans(body, visit) : visitOtlpProtobufSpans(body, visit)),
};
const DATADOG: TraceRoute = { answer: () => json({ rate_by_service: { 'service:,env:': 1 } }), visit: visitDdSpans };
const SENTRY: TraceRoute = { answer: () => json({}), visit: visitSentrySpans };
const LANGSMITH: TraceRoute = {
  answer: () => json({ message: 'Runs batch ingested' }, 202),
  visit: visitLangSmithRuns,
};
const INGESTION: TraceRoute = { answer: () => json({ successes: [], errors: [] }, 207), visit: visitIngestionEvents };
const BRAINTRUST: TraceRoute = { answer: () => json({ ids: [] }), visit: visitBraintrustRows };
const OPIK_BATCH: TraceRoute = { answer: () => NO_CONTENT, visit: visitOpikSpans };
const OPIK_UPDATE: TraceRoute = {
  answer: () => NO_CONTENT,
  visit: (body, visit, { path }) => visitOpikUpdate(body, visit, path),
};

const ROUTES: ReadonlyMap<string, TraceRoute> = new Map([
  ['/v1/traces', OTLP],
  ['/api/public/otel/v1/traces', OTLP],
  ['/v0.4/traces', DATADOG],
  ['/api/public/ingestion', INGESTION],
  ['/api/1/envelope/', SENTRY],
  ['/langsmith/runs/multipart', LANGSMITH],
  ['/opik/api/v1/private/spans/batch', OPIK_BATCH],
  ['/braintrust/logs3', BRAINTRUST],
]);
const OPIK_SPAN_PATH = '/opik/api/v1/private/spans/';

/** How the sink treats a trace request; undefined for every other one. */
export function findRoute({ method, path }: RoutedRequest): TraceRoute | undefined {
  const route = ROUTES.get(path);
  if (route !== undefined) return route;
  return method === 'PATCH' && path.startsWith(OPIK_SPAN_PATH) ? OPIK_UPDATE : undefined;
}

/** What a Datadog agent says of itself, as far as the tracer asks. */
const DATADOG_INFO = json({ version: '7.0.0', endpoints: ['/v0.4/traces'], client_drop_p0s: false });
/**
 * What LangSmith's server says of itself, as far as the client asks. Compression is what its hosted service offers, and
 * it is also the client's cheaper way: without it the client takes about three times the CPU.
 */
const LANGSMITH_INFO = json({
  version: '0.18.0',
  batch_ingest_config: { use_multipart_endpoint: true, size_limit: 100, size_limit_bytes: 20_971_520 },
  instance_flags: { gzip_body_enabled: true },
});

/** Braintrust's log-in; where its API is comes from the arm, as for a server of one's own. */
const BRAINTRUST_LOGIN = json({ org_info: [{ id: 'lab', name: 'lab', api_url: 'http://127.0.0.1' }] });
const BRAINTRUST_PROJECT = json({ project: { id: 'lab', name: 'lab' } });

const OTHER_ANSWERS: ReadonlyMap<string, SinkAnswer> = new Map([
  ['/info', DATADOG_INFO],
  ['/langsmith/info', LANGSMITH_INFO],
  ['/braintrust/api/apikey/login', BRAINTRUST_LOGIN],
  ['/braintrust/api/project/register', BRAINTRUST_PROJECT],
]);

/** What a request for anything but traces is told. */
export function answerOther({ path }: RoutedRequest): SinkAnswer {
  return OTHER_ANSWERS.get(path) ?? (path.startsWith('/opik/') ? NO_CONTENT : json({}));
}
