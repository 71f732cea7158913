import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { isRunning } from '../../model/observation.js';
import type { Tick, TimeWindow } from '../../model/time-scale.js';
import type { TraceRow } from '../../rows/trace-rows.js';
import { useApp } from '../app-context.js';
import { drawBars } from './draw-bars.js';
import { readPalette } from './palette.js';

interface BarsCanvasProps {
  /** The rows that are near the screen. */
  readonly rows: readonly TraceRow[];
  /** Where the first of them stands. */
  readonly top: number;
  readonly rowPx: number;
  readonly widthPx: number;
  readonly window: TimeWindow;
  readonly ticks: readonly Tick[];
}

/** Stripes need no more; each frame costs what drawing the rows in view costs. */
const FRAME_MS = 50;
const PHASE_MS = 900;

/**
 * The bars of the rows in view, on one canvas that scrolls with them: it covers more than the screen and is drawn
 * anew only when the rows change, so scrolling itself costs nothing. The rows above it are the accessible view.
 */
export function BarsCanvas(props: BarsCanvasProps) {
  const { rows, top, rowPx, widthPx, window: timeWindow, ticks } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const themeVersion = useThemeVersion();
  const palette = useMemo(() => ({ version: themeVersion, ...readPalette(document.body) }), [themeVersion]);
  const draw = useEffectEvent((isStill: boolean) => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined || widthPx <= 0) return;
    fitToScreen(element, context, widthPx, rows.length * rowPx);
    const nowMs = Date.now();
    const phase = isStill ? 0 : (nowMs % PHASE_MS) / PHASE_MS;
    drawBars(context, { rows, rowPx, widthPx, window: timeWindow, ticks, palette, nowUs: nowMs * 1000, phase });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew whenever what it shows has changed.
  useEffect(() => {
    draw(true);
    const hasRunning = rows.some(({ entry }) => isRunning(entry.observation));
    if (!hasRunning || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const timer = setInterval(() => draw(false), FRAME_MS);
    return () => clearInterval(timer);
  }, [rows, rowPx, widthPx, timeWindow, ticks, palette]);
  return (
    <div className="bars-canvas" aria-hidden="true" style={{ transform: `translateY(${top}px)` }}>
      <canvas ref={canvas} />
    </div>
  );
}

/** Sizes the canvas to device pixels. Setting a size clears it, so it is set only when it differs. */
function fitToScreen(element: HTMLCanvasElement, context: CanvasRenderingContext2D, widthPx: number, heightPx: number) {
  const ratio = globalThis.devicePixelRatio;
  const width = Math.round(widthPx * ratio);
  const height = Math.round(heightPx * ratio);
  if (element.width !== width || element.height !== height) {
    element.width = width;
    element.height = height;
    element.style.width = `${widthPx}px`;
    element.style.height = `${heightPx}px`;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

function useThemeVersion(): number {
  const { theme } = useApp();
  const [version, setVersion] = useState(0);
  useEffect(() => theme.subscribe(() => setVersion((known) => known + 1)), [theme]);
  return version;
}
