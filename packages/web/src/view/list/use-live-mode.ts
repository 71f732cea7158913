import { type RefObject, useEffect, useState } from 'react';
import type { LiveMode } from '../../model/trace-list-state.js';

/** Why the list does not move, the strongest reason first. */
export type HoldReason = 'paused' | 'selecting' | 'scrolled' | undefined;

export interface LiveModeView {
  readonly mode: LiveMode;
  readonly reason: HoldReason;
  readonly isPaused: boolean;
  setPaused(isPaused: boolean): void;
}

/** The list flows while nobody is in the middle of reading it. */
export function useLiveMode(scroller: RefObject<HTMLElement | null>): LiveModeView {
  const [isPaused, setPaused] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  const [isSelecting, setSelecting] = useState(false);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const onScroll = () => setScrolled(element.scrollTop > 4);
    const onSelect = () => {
      const selection = document.getSelection();
      setSelecting(selection !== null && !selection.isCollapsed && element.contains(selection.anchorNode));
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    document.addEventListener('selectionchange', onSelect);
    return () => {
      element.removeEventListener('scroll', onScroll);
      document.removeEventListener('selectionchange', onSelect);
    };
  }, [scroller]);
  const reason: HoldReason = isPaused ? 'paused' : isSelecting ? 'selecting' : isScrolled ? 'scrolled' : undefined;
  const mode: LiveMode = reason === undefined ? 'flow' : reason === 'scrolled' ? 'hold-new' : 'hold-all';
  return { mode, reason, isPaused, setPaused };
}
