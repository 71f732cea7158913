import type { Series } from '@slipstream/query-api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type SeriesSearch, seriesSearch } from '../../model/series-search.js';
import { stringifySearch, type TraceSearch } from '../../model/trace-search.js';
import { useApp } from '../app-context.js';

const REFRESH_MS = 15_000;

export interface SeriesView {
  readonly series: Series;
  readonly ignored: SeriesSearch['ignored'];
}

/** Volume and latency for a search; `undefined` while there is none, and where the collector cannot tell. */
export function useSeries(search: TraceSearch): SeriesView | undefined {
  const { api } = useApp();
  const query = useQuery({
    queryKey: ['series', stringifySearch({ ...search })],
    async queryFn({ signal }): Promise<SeriesView | null> {
      const asked = seriesSearch(search, Date.now());
      return asked === undefined ? null : { series: await api.series(asked.query, signal), ignored: asked.ignored };
    },
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  return query.isError ? undefined : (query.data ?? undefined);
}
