import { useCallback, useMemo, useState } from 'react';
import type { TraceTree } from '../../model/trace-tree.js';
import { collapsibleSpanIds, filterTree, flattenTree, revealSpan, type TraceRow } from '../../rows/trace-rows.js';

export interface TreeState {
  readonly rows: readonly TraceRow[];
  readonly filter: string;
  /** Rows that match the filter; all rows without one. */
  readonly matchCount: number;
  setFilter(text: string): void;
  toggle(spanId: string): void;
  setCollapsed(spanId: string, isCollapsed: boolean): void;
  collapseAll(): void;
  expandAll(): void;
}

/** What is collapsed and what is filtered. A span that becomes selected is made visible. */
export function useTreeState(tree: TraceTree, selectedId: string | undefined): TreeState {
  const [collapsed, setCollapsedIds] = useState<ReadonlySet<string>>(new Set());
  const [filter, setFilter] = useState('');
  const [revealed, setRevealed] = useState<string | undefined>(undefined);
  if (selectedId !== revealed) {
    setRevealed(selectedId);
    if (selectedId !== undefined) setCollapsedIds(revealSpan(tree, collapsed, selectedId));
  }
  const isFiltered = filter.trim() !== '';
  const rows = useMemo(
    () => (isFiltered ? filterTree(tree, filter) : flattenTree(tree, collapsed)),
    [tree, collapsed, filter, isFiltered],
  );
  const matchCount = useMemo(() => rows.reduce((count, row) => count + (row.isMatch ? 1 : 0), 0), [rows]);
  const setCollapsed = (spanId: string, isCollapsed: boolean) =>
    setCollapsedIds((known) => {
      const next = new Set(known);
      if (isCollapsed) next.add(spanId);
      else next.delete(spanId);
      return next;
    });
  // Stable, so that rows which did not change are not drawn again.
  const toggle = useCallback(
    (spanId: string) =>
      setCollapsedIds((known) => {
        const next = new Set(known);
        if (!next.delete(spanId)) next.add(spanId);
        return next;
      }),
    [],
  );
  return {
    rows,
    filter,
    matchCount,
    setFilter,
    setCollapsed,
    toggle,
    collapseAll: () => setCollapsedIds(collapsibleSpanIds(tree)),
    expandAll: () => setCollapsedIds(new Set()),
  };
}
