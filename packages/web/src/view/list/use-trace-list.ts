import type { TraceSummary } from '@slipstream/query-api';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import type { LiveState } from '../../api/live.js';
import {
  appendPage,
  applyLive,
  emptyTraceList,
  type LiveMode,
  MAX_HELD,
  MAX_LIVE_ROWS,
  refreshHead,
  releaseHeld,
  type TraceListState,
} from '../../model/trace-list-state.js';
import { stringifySearch, type TraceSearch, toTraceFilter } from '../../model/trace-search.js';
import { useApp } from '../app-context.js';
import { useLive } from '../use-live.js';

const PAGE_ROWS = 100;

export interface TraceListView {
  readonly state: TraceListState;
  /** Whether the rows are those of the search before this one. */
  readonly isStale: boolean;
  readonly isFetching: boolean;
  readonly error: Error | null;
  readonly live: LiveState;
  readonly isLoadingMore: boolean;
  readonly loadMoreError: Error | null;
  loadMore(): void;
  retry(): void;
  /** Lets in what waited while the list was held. */
  release(): void;
}

/** The list for a search: pages from the collector, kept up to date by its events. One cache entry per search. */
export function useTraceList(search: TraceSearch, mode: LiveMode): TraceListView {
  const { api } = useApp();
  const client = useQueryClient();
  const searchKey = stringifySearch({ ...search });
  const key = ['traces', searchKey];
  const current = () => client.getQueryData<TraceListState>(key) ?? emptyTraceList;
  const update = (change: (state: TraceListState) => TraceListState) => {
    const before = current();
    const after = change(before);
    if (after !== before) client.setQueryData<TraceListState>(key, after);
    return after;
  };

  const query = useQuery({
    queryKey: key,
    async queryFn({ signal }) {
      const page = await api.listTraces(toTraceFilter(search, Date.now()), { limit: PAGE_ROWS }, signal);
      return refreshHead(current(), page, Date.now());
    },
    structuralSharing: false,
    placeholderData: keepPreviousData,
  });

  const more = useMutation({
    async mutationFn(cursor: string) {
      const filter = toTraceFilter(search, Date.now());
      const page = await api.listTraces(filter, { limit: PAGE_ROWS, cursor });
      update((state) => (state.nextCursor === cursor ? appendPage(state, page) : state));
    },
  });

  /** A read that is under way began before the stream did, so what it brings may already be old. */
  const readAgain = async () => {
    if (client.isFetching({ queryKey: key }) > 0) await query.refetch({ cancelRefetch: false });
    await query.refetch();
  };

  const live = useLive({
    isOn: true,
    key: searchKey,
    url: () => api.liveUrl(toTraceFilter(search, Date.now())),
    onHello: () => void readAgain(),
    onTraces(traces: readonly TraceSummary[]) {
      const state = update((known) => applyLive(known, traces, mode, Date.now()));
      if (state.rows.length > MAX_LIVE_ROWS && mode === 'flow') void query.refetch();
    },
  });

  const release = () => {
    const overflowed = current().held.size >= MAX_HELD;
    update((state) => releaseHeld(state, Date.now()));
    if (overflowed) void query.refetch();
  };
  useReleaseOnFlow(mode, () => {
    if (mode === 'flow') release();
    // Rows in view may change again, new ones still wait.
    else update((state) => applyLive(state, [...state.held.values()], mode, Date.now()));
  });

  const state = query.data ?? emptyTraceList;
  return {
    state,
    isStale: query.isPlaceholderData,
    isFetching: query.isFetching,
    error: query.error,
    live,
    isLoadingMore: more.isPending,
    loadMoreError: more.error,
    loadMore() {
      if (!query.isPlaceholderData && !more.isPending && state.nextCursor !== null) more.mutate(state.nextCursor);
    },
    retry: () => void query.refetch(),
    release,
  };
}

/** Runs when the mode has become freer than it was. */
function useReleaseOnFlow(mode: LiveMode, onFreer: () => void): void {
  const run = useEffectEvent(onFreer);
  useEffect(() => {
    if (mode !== 'hold-all') run();
  }, [mode]);
}
