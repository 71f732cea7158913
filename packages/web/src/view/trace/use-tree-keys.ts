import type { RefObject } from 'react';
import type { TraceTree } from '../../model/trace-tree.js';
import { useKeys } from '../use-keys.js';
import type { TimeWindowState } from './use-time-window.js';
import type { TreeState } from './use-tree-state.js';

interface TreeKeys {
  readonly tree: TraceTree;
  readonly state: TreeState;
  readonly time: TimeWindowState;
  /** −1 where the selected span is not among the rows. */
  readonly selectedRow: number;
  onSelect(spanId: string): void;
  readonly filterInput: RefObject<HTMLInputElement | null>;
}

const PAGE_ROWS = 20;
const ZOOM_IN = 0.5;
const PAN_STEP = 0.25;

export function useTreeKeys({ tree, state, time, selectedRow, onSelect, filterInput }: TreeKeys): void {
  const { rows } = state;
  const selected = rows[selectedRow];
  const goTo = (row: number) => {
    const target = rows[Math.min(rows.length - 1, Math.max(0, row))];
    if (target !== undefined) onSelect(target.entry.observation.spanId);
  };
  const goToParent = () => {
    const parent = tree.entries[selected?.entry.parentIndex ?? -1];
    if (parent !== undefined) onSelect(parent.observation.spanId);
  };
  const isOpen = selected !== undefined && selected.entry.childCount > 0 && !selected.isCollapsed;
  const setCollapsed = (isCollapsed: boolean) => {
    if (selected !== undefined) state.setCollapsed(selected.entry.observation.spanId, isCollapsed);
  };
  const open = () => {
    if (selected?.isCollapsed === true) setCollapsed(false);
    else if (isOpen) goTo(selectedRow + 1);
  };
  const close = () => (isOpen ? setCollapsed(true) : goToParent());
  const enter = (event: KeyboardEvent) => {
    // A focused link or button has an Enter of its own.
    if (event.target instanceof HTMLElement && event.target.closest('a, button') !== null) event.target.click();
    else if (selected !== undefined && selected.entry.childCount > 0) setCollapsed(isOpen);
  };
  const clear = () => {
    if (state.filter === '') filterInput.current?.blur();
    state.setFilter('');
  };
  useKeys([
    ['j ArrowDown', () => goTo(selectedRow + 1)],
    ['k ArrowUp', () => goTo(selectedRow - 1)],
    ['PageDown', () => goTo(selectedRow + PAGE_ROWS)],
    ['PageUp', () => goTo(selectedRow - PAGE_ROWS)],
    ['Home', () => goTo(0)],
    ['End', () => goTo(rows.length - 1)],
    ['ArrowRight', open],
    ['ArrowLeft', close],
    ['Enter', enter],
    ['Escape', clear],
    ['[', state.collapseAll],
    [']', state.expandAll],
    ['/', () => filterInput.current?.select()],
    ['+ =', () => time.zoom(0.5, ZOOM_IN)],
    ['-', () => time.zoom(0.5, 1 / ZOOM_IN)],
    ['0', time.reset],
    ['a', () => time.pan(-PAN_STEP)],
    ['s', () => time.pan(PAN_STEP)],
  ]);
}
