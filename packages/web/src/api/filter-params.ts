import type { SeriesQuery, TraceFilter } from '@slipstream/query-api';

/** A filter as the parameters that the collector reads; fields that are not set are left out. */
export function filterParams(filter: TraceFilter | SeriesQuery): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(filter)) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) params.append(key, String(item));
  }
  return params;
}
