import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { formatCount } from '../../model/format.js';
import { heldNewCount } from '../../model/trace-list-state.js';
import type { TraceSearch } from '../../model/trace-search.js';
import { useApp } from '../app-context.js';
import { Icon } from '../parts/icon.js';
import { useKeys } from '../use-keys.js';
import { EmptyList } from './empty-list.js';
import { FilterBar } from './filter-bar.js';
import { LiveControl } from './live-control.js';
import { SeriesStrip } from './series-strip.js';
import { TraceTable } from './trace-table.js';
import { useLiveMode } from './use-live-mode.js';
import { type TraceListView, useTraceList } from './use-trace-list.js';

export function TraceListPage() {
  const search = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const { lastSearch } = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const liveMode = useLiveMode(scroller);
  const list = useTraceList(search, liveMode.mode);
  const { cursor, setCursor } = useRowCursor(list);
  useEffect(() => {
    lastSearch.current = search;
    document.title = 'Traces · Slipstream';
  }, [search, lastSearch]);
  const setSearch = useCallback(
    (next: TraceSearch, options?: { replace?: boolean }) =>
      void navigate({ search: next, replace: options?.replace ?? false }),
    [navigate],
  );
  useKeys([['p', () => liveMode.setPaused(!liveMode.isPaused)]]);
  const showHeld = () => {
    scroller.current?.scrollTo({ top: 0 });
    list.release();
  };
  return (
    <div className="list-page">
      <FilterBar search={search} onSearch={setSearch} rows={list.state.rows}>
        <QueryNote list={list} />
        <LiveControl live={list.live} mode={liveMode} />
      </FilterBar>
      <SeriesStrip search={search} onSearch={setSearch} />
      <HeldNote count={heldNewCount(list.state)} reason={liveMode.reason} onShow={showHeld} />
      <TraceTable
        scroller={scroller}
        list={list}
        search={search}
        cursor={cursor}
        onCursor={setCursor}
        onSearch={setSearch}
        placeholder={<EmptyList list={list} search={search} onSearch={setSearch} />}
      />
    </div>
  );
}

/** The row that the keyboard is on, by trace id, so that it stays put while rows come in above it. */
function useRowCursor(list: TraceListView) {
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const navigate = useNavigate();
  const { rows } = list.state;
  const move = (step: number) => {
    const at = rows.findIndex((row) => row.traceId === cursor);
    const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
    setCursor(next?.traceId);
  };
  const open = (event: KeyboardEvent) => {
    // A focused link or button has an Enter of its own.
    if (event.target instanceof HTMLElement && event.target.closest('a, button') !== null) event.target.click();
    else if (cursor !== undefined) void navigate({ to: '/traces/$traceId', params: { traceId: cursor }, search: {} });
  };
  useKeys([
    ['j ArrowDown', () => move(1)],
    ['k ArrowUp', () => move(-1)],
    ['Escape', () => setCursor(undefined)],
    ['Enter', open],
  ]);
  return { cursor, setCursor };
}

function QueryNote({ list }: { list: TraceListView }) {
  const { state, isFetching, isStale } = list;
  if (!state.loaded || isStale) return <span className="query-note">{isFetching ? 'searching…' : ''}</span>;
  const count = `${formatCount(state.rows.length)}${state.nextCursor === null ? '' : '+'}`;
  return (
    <span className="query-note" title="Traces loaded, and how long the collector took for the last page">
      <b>{count}</b> {state.rows.length === 1 ? 'trace' : 'traces'} in{' '}
      {formatCount(Math.max(1, Math.round(state.elapsedMs)))} ms
    </span>
  );
}

const HOLD_TEXT = {
  paused: 'paused',
  selecting: 'held while text is selected',
  scrolled: 'held while scrolled',
} as const;

function HeldNote(props: { count: number; reason: keyof typeof HOLD_TEXT | undefined; onShow(): void }) {
  if (props.count === 0 || props.reason === undefined) return null;
  return (
    <div className="held-note">
      <button type="button" onClick={props.onShow} title={HOLD_TEXT[props.reason]}>
        <Icon name="up" size={14} />
        {formatCount(props.count)} new {props.count === 1 ? 'trace' : 'traces'}
      </button>
    </div>
  );
}
