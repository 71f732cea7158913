import {
  type ObservationDetail,
  observationDetailSchema,
  type TraceDetail,
  type TraceList,
  traceDetailSchema,
  traceListSchema,
} from '@slipstream/query-api';
import type { FilterFlags } from '../program/flags.js';
import { askCollector, type CollectorAddress } from './request.js';

/** The most that the collector gives in one page. */
export const MAX_PAGE = 500;
/** A trace of 50,000 observations with long status messages. */
const MAX_TRACE_BYTES = 256 * 1024 * 1024;
/** Text search reads backwards for as long as it takes to find something. */
const LIST_TIMEOUT_MS = 60_000;

/** Flags as the query API's filter. */
export function toFilterQuery(flags: FilterFlags): URLSearchParams {
  const query = new URLSearchParams();
  const { metadata = [], since, until, ...exact } = flags;
  const fields = { ...exact, fromUs: since, toUs: until };
  for (const name of ['fromUs', 'toUs', 'name', 'conversation', 'user', 'service', 'level', 'text'] as const) {
    const value = fields[name];
    if (value !== undefined) query.set(name, String(value));
  }
  for (const pair of metadata) query.append('metadata', pair);
  return query;
}

/** One page of the trace list. */
export function listTraces(
  address: CollectorAddress,
  flags: FilterFlags,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<TraceList> {
  const query = toFilterQuery(flags);
  query.set('limit', String(page.limit));
  if (page.cursor !== undefined) query.set('cursor', page.cursor);
  const request = { path: '/api/v1/traces', query };
  return askCollector(address, request, traceListSchema, { timeoutMs: LIST_TIMEOUT_MS });
}

export function readTrace(address: CollectorAddress, traceId: string): Promise<TraceDetail> {
  const path = `/api/v1/traces/${traceId}`;
  return askCollector(address, { path }, traceDetailSchema, { maxBytes: MAX_TRACE_BYTES });
}

/** @param isFull with texts to their end */
export function readObservation(
  address: CollectorAddress,
  ids: { readonly traceId: string; readonly spanId: string },
  isFull: boolean,
): Promise<ObservationDetail> {
  const path = `/api/v1/traces/${ids.traceId}/observations/${ids.spanId}`;
  const query = new URLSearchParams(isFull ? { full: '1' } : {});
  return askCollector(address, { path, query }, observationDetailSchema, { maxBytes: MAX_TRACE_BYTES });
}
