import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../model/format.js';
import { axisTicks } from '../../model/time-scale.js';
import type { TraceTree } from '../../model/trace-tree.js';
import { Icon } from '../parts/icon.js';
import { BarsCanvas } from './bars-canvas.js';
import { TimeAxis } from './time-axis.js';
import { TreeRow } from './tree-row.js';
import { useTimeWindow } from './use-time-window.js';
import { useTreeKeys } from './use-tree-keys.js';
import { type TreeState, useTreeState } from './use-tree-state.js';

/** Must agree with `--tree-row` in the style sheet. */
const TREE_ROW_PX = 28;
/** Must agree with `--tree-head`. */
const TREE_HEAD_PX = 37;
/** The canvas begins and ends at multiples of this, so that it is drawn anew only now and then while scrolling. */
const CANVAS_BLOCK_ROWS = 16;
/** Room for one label and the space around it. */
const TICK_PX = 66;

interface TreePaneProps {
  readonly tree: TraceTree;
  readonly selectedId: string | undefined;
  onSelect(spanId: string): void;
}

/** Tree and waterfall: one list of rows, so that they cannot fall out of step. */
export function TreePane({ tree, selectedId, onSelect }: TreePaneProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const filterInput = useRef<HTMLInputElement>(null);
  const state = useTreeState(tree, selectedId);
  const time = useTimeWindow(tree);
  const bars = useWidth();
  const ticks = useMemo(
    () => axisTicks(time.window, time.bounds.startUs, Math.max(1, Math.floor(bars.widthPx / TICK_PX))),
    [time.window, time.bounds.startUs, bars.widthPx],
  );
  const { rows } = state;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => TREE_ROW_PX,
    overscan: 8,
    // The head lies above the rows in the same scroller, so that the columns of both are equally wide.
    scrollMargin: TREE_HEAD_PX,
    scrollPaddingStart: TREE_HEAD_PX,
  });
  const items = virtualizer.getVirtualItems();
  const firstRow = Math.floor((items[0]?.index ?? 0) / CANVAS_BLOCK_ROWS) * CANVAS_BLOCK_ROWS;
  const lastRow = Math.ceil(((items.at(-1)?.index ?? -1) + 1) / CANVAS_BLOCK_ROWS) * CANVAS_BLOCK_ROWS;
  const drawnRows = useMemo(() => rows.slice(firstRow, lastRow), [rows, firstRow, lastRow]);
  const selectedRow = useMemo(
    () => rows.findIndex((row) => row.entry.observation.spanId === selectedId),
    [rows, selectedId],
  );
  const reveal = useEffectEvent(() => {
    if (selectedRow !== -1) virtualizer.scrollToIndex(selectedRow);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolled to when selected, not when rows come in around it.
  useEffect(reveal, [selectedId, state.filter]);
  useTreeKeys({ tree, state, time, selectedRow, onSelect, filterInput });
  return (
    <section className="tree-pane" aria-label="Observations">
      <div className="tree-scroll" ref={scroller}>
        <div className="tree-head">
          <TreeTools state={state} total={tree.entries.length} input={filterInput} />
          <span className="col-duration">Duration</span>
          <span className="col-tokens">Tokens</span>
          <span className="col-cost">Cost</span>
          <div className="col-bars" ref={bars.ref}>
            <TimeAxis time={time} ticks={ticks} widthPx={bars.widthPx} />
          </div>
        </div>
        <div
          className="tree-rows"
          role="tree"
          aria-label="Observations of this trace"
          tabIndex={0}
          aria-activedescendant={selectedId === undefined ? undefined : `row-${selectedId}`}
          style={{ height: virtualizer.getTotalSize() }}
        >
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const { spanId } = row.entry.observation;
            return (
              <TreeRow
                key={spanId}
                row={row}
                top={item.start - TREE_HEAD_PX}
                isSelected={spanId === selectedId}
                onSelect={onSelect}
                onToggle={state.toggle}
              />
            );
          })}
          <BarsCanvas
            rows={drawnRows}
            top={firstRow * TREE_ROW_PX}
            rowPx={TREE_ROW_PX}
            widthPx={bars.widthPx}
            window={time.window}
            ticks={ticks}
          />
        </div>
        {rows.length === 0 ? <p className="table-end">Nothing in this trace matches</p> : null}
      </div>
    </section>
  );
}

function TreeTools({
  state,
  total,
  input,
}: {
  state: TreeState;
  total: number;
  input: RefObject<HTMLInputElement | null>;
}) {
  const count =
    state.filter.trim() === '' ? formatCount(total) : `${formatCount(state.matchCount)} of ${formatCount(total)}`;
  return (
    <div className="tree-tools">
      <label className="search-field">
        <Icon name="search" size={14} />
        <input
          ref={input}
          type="search"
          value={state.filter}
          placeholder="Find in this trace"
          aria-label="Find in this trace"
          onChange={(event) => state.setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
        />
        <span className="search-count">{count}</span>
      </label>
      <button type="button" className="icon-button" title="Collapse all ([)" onClick={state.collapseAll}>
        <Icon name="collapse" size={14} />
      </button>
      <button type="button" className="icon-button" title="Expand all (])" onClick={state.expandAll}>
        <Icon name="expand" size={14} />
      </button>
    </div>
  );
}

/** The width of an element, kept up to date. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    setWidthPx(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  return { ref, widthPx };
}
