import { type PointerEvent, useRef, useState } from 'react';
import { formatDuration } from '../../model/format.js';
import type { Tick } from '../../model/time-scale.js';
import { Icon } from '../parts/icon.js';
import { BAR_MARGIN_PX, xOf } from './draw-bars.js';
import type { TimeWindowState } from './use-time-window.js';

interface TimeAxisProps {
  readonly time: TimeWindowState;
  readonly ticks: readonly Tick[];
  readonly widthPx: number;
}

/** A drag shorter than this is a press, not a selection. */
const LEAST_DRAG_PX = 4;

/** Offsets from the start of the trace. Dragging over it zooms in; a double press shows the whole trace again. */
export function TimeAxis({ time, ticks, widthPx }: TimeAxisProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | undefined>(undefined);
  const at = (event: PointerEvent) => event.clientX - (frame.current?.getBoundingClientRect().left ?? 0);
  const timeAt = (x: number) => {
    const part = Math.min(1, Math.max(0, (x - BAR_MARGIN_PX) / Math.max(1, widthPx - 2 * BAR_MARGIN_PX)));
    return time.window.startUs + part * (time.window.endUs - time.window.startUs);
  };
  const finish = () => {
    setDrag(undefined);
    if (drag === undefined || Math.abs(drag.to - drag.from) < LEAST_DRAG_PX) return;
    time.show({ startUs: timeAt(Math.min(drag.from, drag.to)), endUs: timeAt(Math.max(drag.from, drag.to)) });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shorthand for the keys that zoom and pan.
    <div
      className="time-axis"
      ref={frame}
      title="Drag to zoom"
      onDoubleClick={time.reset}
      onPointerDown={(event) => {
        if (event.target instanceof Element && event.target.closest('button') !== null) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: at(event), to: at(event) });
      }}
      onPointerMove={(event) => {
        if (drag !== undefined) setDrag({ ...drag, to: at(event) });
      }}
      onPointerUp={finish}
      onPointerCancel={() => setDrag(undefined)}
    >
      {ticks.map((tick) => (
        <span key={tick.offsetUs} style={{ left: xOf({ widthPx }, tick.position) }}>
          {formatTick(tick.offsetUs)}
        </span>
      ))}
      {drag === undefined ? null : (
        <i style={{ left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from) }} />
      )}
      {time.isZoomed ? (
        <button type="button" className="zoom-reset" onClick={time.reset} title="Whole trace (0)">
          <Icon name="close" size={12} /> zoom
        </button>
      ) : null}
    </div>
  );
}

/** Ticks are round, so their trailing zeros say nothing. */
function formatTick(offsetUs: number): string {
  if (offsetUs === 0) return '0';
  return formatDuration(offsetUs)
    .replace(/(\.\d*?)0+(?= )/, '$1')
    .replace(/\.(?= )/, '')
    .replace(/ 00[sm]$/, '');
}
