import {
  apiErrorSchema,
  type Facets,
  facetsSchema,
  type ObservationDetail,
  observationDetailSchema,
  type Series,
  type SeriesQuery,
  type Status,
  seriesSchema,
  statusSchema,
  type TraceDetail,
  type TraceFilter,
  type TraceList,
  traceDetailSchema,
  traceListSchema,
} from '@slipstream/query-api';
import { ApiFailure } from './errors.js';
import { filterParams } from './filter-params.js';

interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } };
}

/** Reads of the collector. Every answer has been checked against query-api; every failure is an {@link ApiFailure}. */
export interface ApiClient {
  listTraces(filter: TraceFilter, page: { limit: number; cursor?: string }, signal?: AbortSignal): Promise<TraceList>;
  trace(traceId: string, signal?: AbortSignal): Promise<TraceDetail>;
  observation(traceId: string, spanId: string, full: boolean, signal?: AbortSignal): Promise<ObservationDetail>;
  facets(signal?: AbortSignal): Promise<Facets>;
  /** Volume and latency over time. */
  series(query: SeriesQuery, signal?: AbortSignal): Promise<Series>;
  status(signal?: AbortSignal): Promise<Status>;
  /** Address of the event stream for a filter. */
  liveUrl(filter: TraceFilter): string;
}

/** @param base Where the API begins; the page's own origin by default. */
export function createApiClient(base = '/api/v1', send: typeof fetch = globalThis.fetch.bind(globalThis)): ApiClient {
  const get = <T>(schema: Schema<T>, path: string, signal?: AbortSignal) => getJson(send, schema, base + path, signal);
  const tracePath = (traceId: string) => `/traces/${encodeURIComponent(traceId)}`;
  return {
    listTraces(filter, page, signal) {
      const params = filterParams(filter);
      params.set('limit', String(page.limit));
      if (page.cursor !== undefined) params.set('cursor', page.cursor);
      return get(traceListSchema, `/traces?${params}`, signal);
    },
    trace: (traceId, signal) => get(traceDetailSchema, tracePath(traceId), signal),
    observation(traceId, spanId, full, signal) {
      const path = `${tracePath(traceId)}/observations/${encodeURIComponent(spanId)}${full ? '?full=1' : ''}`;
      return get(observationDetailSchema, path, signal);
    },
    facets: (signal) => get(facetsSchema, '/facets', signal),
    series(query, signal) {
      const params = filterParams(query).toString();
      return get(seriesSchema, `/series${params === '' ? '' : `?${params}`}`, signal);
    },
    status: (signal) => get(statusSchema, '/status', signal),
    liveUrl(filter) {
      const params = filterParams(filter).toString();
      return `${base}/live${params === '' ? '' : `?${params}`}`;
    },
  };
}

async function getJson<T>(
  send: typeof fetch,
  schema: Schema<T>,
  url: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  const response = await answer(send, url, signal);
  const body = await readJson(response);
  if (!response.ok) {
    const refusal = apiErrorSchema.safeParse(body);
    if (refusal.success) throw new ApiFailure(refusal.data.error.code, response.status, refusal.data.error.message);
    throw new ApiFailure('http', response.status, `The collector answered ${response.status}.`);
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ApiFailure('invalid_response', response.status, 'The collector sent something this page does not know.');
}

async function answer(send: typeof fetch, url: string, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await send(url, { headers: { accept: 'application/json' }, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    // An aborted read is the caller's own doing and must reach it as such.
    if (signal?.aborted === true) throw error;
    throw new ApiFailure('network', 0, 'The collector does not answer. Is it running?');
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    return undefined;
  }
}
