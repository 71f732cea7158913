import type { SeriesQuery } from '@slipstream/query-api';
import { type TraceSearch, toTraceFilter } from './trace-search.js';

/** What sums over time can be asked for a search of the list. */
export interface SeriesSearch {
  readonly query: SeriesQuery;
  /** Conditions of the search that sums over time know nothing of. */
  readonly ignored: readonly string[];
}

const UNKNOWN_TO_SUMS = ['text', 'conversation', 'user', 'level', 'metadata'] as const;

/** `undefined` where the search has no time at all: its end is before its start, or its start is yet to come. */
export function seriesSearch(search: TraceSearch, nowMs: number): SeriesSearch | undefined {
  const { fromUs, toUs, name, service } = toTraceFilter(search, nowMs);
  if (fromUs !== undefined && fromUs > (toUs ?? nowMs * 1000)) return undefined;
  return {
    query: {
      ...(fromUs === undefined ? {} : { fromUs }),
      ...(toUs === undefined ? {} : { toUs }),
      ...(name === undefined ? {} : { name }),
      ...(service === undefined ? {} : { service }),
    },
    ignored: UNKNOWN_TO_SUMS.filter((field) => search[field] !== undefined),
  };
}
