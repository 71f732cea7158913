import type { Series, SeriesPoint, SeriesTotal } from '@slipstream/query-api';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import {
  type ChartBar,
  describeLatency,
  describeTime,
  describeVolume,
  pointAt,
  type SeriesChart,
  seriesChart,
} from '../../model/series-chart.js';
import { type TraceSearch, withWindow } from '../../model/trace-search.js';
import type { FilterBarSearch } from './filter-bar-search.js';
import { useSeries } from './use-series.js';

/** Volume and latency above the list; nothing where nothing has ended. */
export function SeriesStrip({ search, onSearch }: FilterBarSearch) {
  const view = useSeries(search);
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  if (view === undefined || view.series.total.spans === 0) return null;
  const { series, ignored } = view;
  const chart = seriesChart(series);
  const point = cursor === undefined ? undefined : series.points[cursor];
  const shared = {
    series,
    cursor,
    onCursor: setCursor,
    onPick: (at: number) => onSearch(windowOf(search, series, at)),
  };
  return (
    <section className="series-strip" aria-label="Volume and latency over time">
      <Pane {...shared} title="Volume" describe={describeVolume}>
        <Bars bars={chart.bars} />
      </Pane>
      <Pane {...shared} title="Latency" describe={describeLatency}>
        <Lines chart={chart} />
      </Pane>
      <p className="series-note">
        {point === undefined ? 'Ended observations' : describeTime(point, series.stepMs, Date.now())}
        {ignored.length > 0 && ` · not narrowed by ${ignored.join(', ')}`}
        {series.otherSpans > 0 && ' · rare names left out'}
      </p>
    </section>
  );
}

/** The time of one point as the window of the list. */
function windowOf(search: TraceSearch, { points, stepMs }: Series, at: number): TraceSearch {
  const startMs = points[at]?.startMs ?? 0;
  return withWindow(search, startMs * 1000, (startMs + stepMs) * 1000 - 1);
}

interface PaneProps {
  readonly title: string;
  readonly series: Series;
  readonly cursor: number | undefined;
  readonly describe: (total: SeriesTotal) => string;
  readonly children: ReactNode;
  onCursor(at: number | undefined): void;
  /** Narrows the list to a point. */
  onPick(at: number): void;
}

/** One chart: arrows or the pointer look at a point, Enter or a click narrows the list to it. */
function Pane({ title, series, cursor, describe, children, onCursor, onPick }: PaneProps) {
  const { points, total, stepMs } = series;
  const shown: SeriesPoint | undefined = cursor === undefined ? undefined : points[cursor];
  const under = (event: PointerEvent<HTMLElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return pointAt(points.length, (event.clientX - left) / width);
  };
  const valueText =
    shown === undefined ? `all: ${describe(total)}` : `${describeTime(shown, stepMs, Date.now())}: ${describe(shown)}`;
  return (
    <div className="series-pane">
      <h2>
        {title} <span>{describe(shown ?? total)}</span>
      </h2>
      <div
        className="series-plot"
        role="slider"
        tabIndex={0}
        aria-label={`${title} over time; Enter narrows the list to a point`}
        aria-valuemin={0}
        aria-valuemax={points.length - 1}
        aria-valuenow={cursor ?? 0}
        aria-valuetext={valueText}
        onPointerMove={(event) => onCursor(under(event))}
        onPointerLeave={() => onCursor(undefined)}
        onBlur={() => onCursor(undefined)}
        onClick={() => cursor !== undefined && onPick(cursor)}
        onKeyDown={(event) => moveCursor(event, points.length, cursor, { onCursor, onPick })}
      >
        <svg viewBox={`0 0 ${points.length} 1`} preserveAspectRatio="none" aria-hidden="true">
          {cursor !== undefined && <rect className="series-cursor" x={cursor} y={0} width={1} height={1} />}
          {children}
        </svg>
      </div>
    </div>
  );
}

/** What the keys of the list would do with these is not meant here. */
function moveCursor(
  event: KeyboardEvent<HTMLElement>,
  count: number,
  cursor: number | undefined,
  { onCursor, onPick }: Pick<PaneProps, 'onCursor' | 'onPick'>,
): void {
  const last = count - 1;
  const targets: Record<string, number | undefined> = {
    ArrowRight: cursor === undefined ? 0 : Math.min(last, cursor + 1),
    ArrowLeft: cursor === undefined ? last : Math.max(0, cursor - 1),
    Home: 0,
    End: last,
  };
  const target = targets[event.key];
  if (target !== undefined) onCursor(target);
  else if (event.key === 'Enter' && cursor !== undefined) onPick(cursor);
  else if (event.key === 'Escape' && cursor !== undefined) onCursor(undefined);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function Bars({ bars }: { bars: readonly ChartBar[] }) {
  return bars.map(({ startMs, height, errorHeight }, index) => (
    <g key={startMs}>
      <rect className="series-bar" x={index + 0.1} y={1 - height} width={0.8} height={height} />
      <rect className="series-errors" x={index + 0.1} y={1 - errorHeight} width={0.8} height={errorHeight} />
    </g>
  ));
}

function Lines({ chart }: { chart: SeriesChart }) {
  return (
    <>
      <path className="series-p95" d={chart.p95Path} />
      <path className="series-p50" d={chart.p50Path} />
    </>
  );
}
