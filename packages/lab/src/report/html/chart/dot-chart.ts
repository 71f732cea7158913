import type { Estimate } from '../../../statistics/bootstrap.js';
import { type Html, html } from '../markup.js';
import { at, logScale, type Scale } from './scale.js';

/** A point with its interval; a second one of the same row is drawn hollow. */
export interface Dot {
  readonly estimate: Estimate;
  readonly isHollow?: boolean;
}

/** A line of the chart. */
export interface DotRow {
  readonly label: string;
  /** What stands at the right end: the figure in words. */
  readonly value: string;
  readonly side: 'own' | 'peer' | 'none';
  readonly dots: readonly Dot[];
}

/** A chart of points on one logarithmic scale. */
export interface DotChart {
  readonly title: string;
  /** What the scale is, below the chart. */
  readonly axis: string;
  readonly rows: readonly DotRow[];
  /** A value that the others are seen against, drawn through all rows. */
  readonly base?: { readonly value: number; readonly text: string };
  readonly caption: string;
}

const ROW_HEIGHT = 40;
const AXIS_HEIGHT = 44;
const TOP = 8;

/** Names stand above their points, so that they can be read on a telephone. */
export function dotChart(chart: DotChart): Html {
  const { rows, base, title, axis, caption } = chart;
  if (rows.length === 0) return html``;
  const values = rows.flatMap(({ dots }) => dots.flatMap(({ estimate }) => [estimate.low, estimate.high]));
  const scale = logScale(base === undefined ? values : [...values, base.value]);
  const bottom = TOP + rows.length * ROW_HEIGHT;
  const height = bottom + AXIS_HEIGHT;
  return html`
<figure>
<svg height="${height}" role="img" aria-label="${`${title}. ${describeRows(rows)}`}"><title>${title}</title>
${scale.ticks.map(({ at: place }) => html`<line class="grid" x1="${at(place)}" x2="${at(place)}" y1="${TOP}" y2="${bottom}"/>`)}
${base !== undefined && html`<line class="base" x1="${at(scale.percent(base.value))}" x2="${at(scale.percent(base.value))}" y1="${TOP}" y2="${bottom}"/>`}
${rows.map((row, index) => drawRow(row, scale, TOP + index * ROW_HEIGHT))}
${scale.ticks.map(({ at: place, text }) => html`<text class="tick" x="${at(place)}" y="${bottom + 16}" text-anchor="${anchor(place)}">${text}</text>`)}
<text class="tick" x="50%" y="${bottom + 36}" text-anchor="middle">${axis}</text>
</svg>
<figcaption>${caption}${base !== undefined && html` Dashed: ${base.text}.`}</figcaption>
</figure>`;
}

function drawRow({ label, value, side, dots }: DotRow, scale: Scale, top: number): Html {
  const line = top + 28;
  const [first, last] = [dots[0], dots.at(-1)];
  const link =
    first !== undefined && last !== undefined && dots.length > 1
      ? html`<line class="${side} link" x1="${at(scale.percent(first.estimate.median))}" x2="${at(scale.percent(last.estimate.median))}" y1="${line}" y2="${line}"/>`
      : undefined;
  return html`
<g><text class="${side}" x="0" y="${top + 14}">${label}</text><text class="${side}" x="100%" y="${top + 14}" text-anchor="end">${value}</text>
${link}${dots.map((dot) => drawDot(dot, side, scale, line))}</g>`;
}

function drawDot({ estimate, isHollow }: Dot, side: string, scale: Scale, line: number): Html {
  const { low, median, high } = estimate;
  const shape = isHollow === true ? `${side} hollow` : side;
  return html`<line class="${side} whisker" x1="${at(scale.percent(low))}" x2="${at(scale.percent(high))}" y1="${line}" y2="${line}"/><circle class="${shape}" cx="${at(scale.percent(median))}" cy="${line}" r="5"/>`;
}

function describeRows(rows: readonly DotRow[]): string {
  return rows.map(({ label, value }) => `${label}: ${value}`).join('; ');
}

/** Text at the ends of the scale stays within the picture. */
function anchor(place: number): string {
  if (place < 3) return 'start';
  return place > 97 ? 'end' : 'middle';
}
