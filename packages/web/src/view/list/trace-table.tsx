import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, type RefObject, useEffect, useEffectEvent } from 'react';
import { useNow } from '../use-now.js';
import type { FilterBarSearch } from './filter-bar-search.js';
import { TraceTableRow } from './trace-table-row.js';
import type { TraceListView } from './use-trace-list.js';

/** Must agree with `--list-row` in the style sheet. */
const ROW_PX = 32;
/** Must agree with `--list-head`. */
const HEAD_PX = 30;
/** How near the end the next page is fetched: about a screen ahead of the reader. */
const AHEAD_ROWS = 30;

interface TraceTableProps extends FilterBarSearch {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly list: TraceListView;
  readonly cursor: string | undefined;
  onCursor(traceId: string | undefined): void;
  /** Shown where there are no rows. */
  readonly placeholder: ReactNode;
}

const HEADINGS = [
  ['time', 'Time'],
  ['name', 'Name'],
  ['conversation', 'Conversation'],
  ['user', 'User'],
  ['service', 'Service'],
  ['latency', 'Latency'],
  ['spans', 'Spans'],
  ['tokens', 'Tokens in → out'],
  ['cost', 'Cost'],
  ['level', 'Level'],
] as const;

export function TraceTable({ scroller, list, search, onSearch, cursor, placeholder }: TraceTableProps) {
  const { rows, nextCursor, arrivals } = list.state;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.traceId ?? index,
    overscan: 10,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
  });
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const isNearEnd = nextCursor !== null && list.loadMoreError === null && lastShown >= rows.length - AHEAD_ROWS;
  const loadMore = useEffectEvent(() => list.loadMore());
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that is too short for the screen asks for the next.
  useEffect(() => {
    if (isNearEnd) loadMore();
  }, [isNearEnd, rows.length]);
  const reveal = useEffectEvent((traceId: string) => {
    const index = rows.findIndex((row) => row.traceId === traceId);
    if (index !== -1) virtualizer.scrollToIndex(index);
  });
  useEffect(() => {
    if (cursor !== undefined) reveal(cursor);
  }, [cursor]);
  const nowMs = useNow(
    1_000,
    rows.some((row) => row.running),
  );
  return (
    <div className="trace-table" ref={scroller} data-stale={list.isStale}>
      <table aria-rowcount={rows.length + 1}>
        <thead hidden={rows.length === 0}>
          <tr>
            {HEADINGS.map(([column, heading]) => (
              <th key={column} className={`col-${column}`} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const trace = rows[item.index];
            if (trace === undefined) return null;
            return (
              <TraceTableRow
                key={trace.traceId}
                trace={trace}
                top={item.start - HEAD_PX}
                rowIndex={item.index + 2}
                isNew={arrivals.has(trace.traceId)}
                isMarked={trace.traceId === cursor}
                nowMs={trace.running ? nowMs : 0}
                search={search}
                onSearch={onSearch}
              />
            );
          })}
        </tbody>
      </table>
      {rows.length === 0 ? placeholder : <TableEnd list={list} />}
    </div>
  );
}

function TableEnd({ list }: { list: TraceListView }) {
  if (list.loadMoreError !== null) {
    return (
      <p className="table-end" role="alert">
        {list.loadMoreError.message}{' '}
        <button type="button" className="text-button" onClick={list.loadMore}>
          Try again
        </button>
      </p>
    );
  }
  if (list.state.nextCursor === null) return <p className="table-end">No older traces</p>;
  return (
    <p className="table-end">
      <button type="button" className="text-button" onClick={list.loadMore}>
        {list.isLoadingMore ? 'Loading…' : 'Load more'}
      </button>
    </p>
  );
}
