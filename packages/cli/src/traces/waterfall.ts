import type { ObservationNode, TraceDetail } from '@slipstream/query-api';
import type { Paint } from '../terminal/colour.js';
import { displayWidth, padColumns } from '../terminal/display-width.js';
import { cutColumns, plainText } from '../terminal/plain-text.js';
import { formatCost, formatSpan, formatTokens } from '../terminal/values.js';
import { LEVEL_COLOUR, SHORT_ID } from './columns.js';
import { type TreeRow, toTreeRows } from './tree.js';

/** A width for files and pipes, which have none. */
const DEFAULT_COLUMNS = 120;
/** Below this there is no room for bars, nor for tokens and cost. */
const MIN_COLUMNS_FOR_BARS = 60;
const MIN_COLUMNS_FOR_USAGE = 90;
const MAX_LABEL_COLUMNS = 60;
const GAP = '  ';

interface Layout {
  readonly labelColumns: number;
  /** 0 where there is no room. */
  readonly barColumns: number;
  readonly figures: readonly number[];
}

/** What {@link formatWaterfall} draws on. */
export interface Canvas {
  readonly paint: Paint;
  readonly columns: number | undefined;
  /** Observations beyond this are left out. */
  readonly maxRows: number;
}

/** A trace as a tree of names with bars of their time beside it, one observation a line. */
export function formatWaterfall(detail: TraceDetail, canvas: Canvas): string[] {
  const rows = toTreeRows(detail.observations).slice(0, canvas.maxRows);
  const columns = canvas.columns ?? DEFAULT_COLUMNS;
  const labels = rows.map(({ node, branch }) => `${branch}${plainText(node.name, MAX_LABEL_COLUMNS) || '-'}`);
  const figures = rows.map(({ node }) => figuresOf(node, columns));
  const layout = layOut(columns, labels, figures);
  const range = timeRange(detail.observations);
  return rows.flatMap((row, index) => {
    const line = [
      plainText(row.node.spanId, SHORT_ID + 1).slice(0, SHORT_ID),
      padColumns(cutColumns(labels[index] ?? '', layout.labelColumns), layout.labelColumns),
      ...(layout.barColumns === 0 ? [] : [drawBar(row.node, range, layout.barColumns)]),
      ...(figures[index] ?? []).map((text, place) => padColumns(text, layout.figures[place] ?? 0, 'right')),
    ];
    return [paintLevel(row.node, line.join(GAP).trimEnd(), canvas.paint), ...messageLines(row, columns, canvas.paint)];
  });
}

function figuresOf(node: ObservationNode, columns: number): string[] {
  const duration = formatSpan(node.endTimeUs === null ? null : node.endTimeUs - node.startTimeUs);
  if (columns < MIN_COLUMNS_FOR_USAGE) return [duration];
  return [duration, node.totalTokens === 0 ? '' : `${formatTokens(node.totalTokens)} tok`, usd(node.costUsd)];
}

function usd(costUsd: number | null): string {
  return costUsd === null ? '' : formatCost(costUsd);
}

function layOut(columns: number, labels: readonly string[], figures: readonly (readonly string[])[]): Layout {
  const widest = (texts: readonly string[]): number =>
    texts.reduce((width, text) => Math.max(width, displayWidth(text)), 0);
  const figureColumns = (figures[0] ?? []).map((_, place) => widest(figures.map((row) => row[place] ?? '')));
  const taken = SHORT_ID + figureColumns.reduce((sum, width) => sum + width + GAP.length, 0) + GAP.length;
  const room = Math.max(columns - taken, 1);
  const wanted = widest(labels);
  if (columns < MIN_COLUMNS_FOR_BARS) {
    return { labelColumns: Math.min(wanted, room), barColumns: 0, figures: figureColumns };
  }
  const labelColumns = Math.min(wanted, Math.floor(room / 2));
  return { labelColumns, barColumns: room - labelColumns - GAP.length, figures: figureColumns };
}

interface TimeRange {
  readonly startUs: number;
  readonly endUs: number;
}

function timeRange(observations: readonly ObservationNode[]): TimeRange {
  let startUs = Number.POSITIVE_INFINITY;
  let endUs = Number.NEGATIVE_INFINITY;
  for (const { startTimeUs, endTimeUs } of observations) {
    startUs = Math.min(startUs, startTimeUs);
    endUs = Math.max(endUs, endTimeUs ?? startTimeUs);
  }
  return { startUs, endUs };
}

function drawBar(node: ObservationNode, { startUs, endUs }: TimeRange, columns: number): string {
  const total = Math.max(endUs - startUs, 1);
  const place = (timeUs: number): number => Math.round(((timeUs - startUs) / total) * columns);
  const first = Math.min(place(node.startTimeUs), columns - 1);
  const last = Math.min(Math.max(place(node.endTimeUs ?? endUs), first + 1), columns);
  const mark = node.type === 'event' ? '│' : '█';
  const bar = mark.repeat(node.type === 'event' ? 1 : last - first);
  return padColumns(`${' '.repeat(first)}${bar}`, columns);
}

function paintLevel(node: ObservationNode, line: string, paint: Paint): string {
  const colour = LEVEL_COLOUR[node.level];
  return colour === undefined ? line : paint(colour, line);
}

/** Why an observation failed, on a line of its own below it. */
function messageLines({ node, depth }: TreeRow, columns: number, paint: Paint): string[] {
  const colour = LEVEL_COLOUR[node.level];
  if (colour === undefined || node.statusMessage === null || node.statusMessage === '') return [];
  const indent = ' '.repeat(SHORT_ID + GAP.length + Math.min(depth * 3, 30));
  return [paint(colour, `${indent}${plainText(node.statusMessage, Math.max(columns - indent.length, 10))}`)];
}
