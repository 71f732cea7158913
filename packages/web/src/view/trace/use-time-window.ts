import { useMemo, useState } from 'react';
import { isRunning } from '../../model/observation.js';
import { panWindow, type TimeWindow, traceWindow, zoomWindow } from '../../model/time-scale.js';
import type { TraceTree } from '../../model/trace-tree.js';
import { useNow } from '../use-now.js';

export interface TimeWindowState {
  readonly window: TimeWindow;
  /** The whole trace. */
  readonly bounds: TimeWindow;
  readonly isZoomed: boolean;
  zoom(anchor: number, factor: number): void;
  pan(part: number): void;
  show(window: TimeWindow): void;
  reset(): void;
}

/** How often the axis of a running trace grows. */
const GROW_MS = 250;

/** What part of the trace's time is on the axis; the whole, growing while it runs, until the reader zooms. */
export function useTimeWindow(tree: TraceTree): TimeWindowState {
  const observations = useMemo(() => tree.entries.map((entry) => entry.observation), [tree]);
  const isGrowing = useMemo(() => observations.some(isRunning), [observations]);
  const nowMs = useNow(GROW_MS, isGrowing);
  const nowUs = isGrowing ? nowMs * 1000 : 0;
  const bounds = useMemo(() => traceWindow(observations, nowUs), [observations, nowUs]);
  const [zoomed, setZoomed] = useState<TimeWindow | undefined>(undefined);
  const shown = zoomed ?? bounds;
  const set = (next: TimeWindow) =>
    setZoomed(next.startUs <= bounds.startUs && next.endUs >= bounds.endUs ? undefined : next);
  return {
    window: shown,
    bounds,
    isZoomed: zoomed !== undefined,
    zoom: (anchor, factor) => set(zoomWindow(shown, bounds, anchor, factor)),
    pan: (part) => set(panWindow(shown, bounds, part)),
    show: set,
    reset: () => setZoomed(undefined),
  };
}
