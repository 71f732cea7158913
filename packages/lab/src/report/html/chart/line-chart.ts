import { type Html, html } from '../markup.js';
import { at, linearScale, type Scale } from './scale.js';

/** Values over time. */
export interface Curve {
  readonly label: string;
  readonly side: 'own' | 'peer' | 'none';
  readonly isThin?: boolean;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Curves over one time, and the stretches of it that are shaded. */
export interface LineChart {
  readonly title: string;
  readonly curves: readonly Curve[];
  /** Seconds from and to. */
  readonly shaded: readonly { readonly from: number; readonly to: number }[];
  readonly xAxis: string;
  /** What is up, and its unit. */
  readonly yAxis: string;
  /** The largest value of charts that stand side by side, so that they can be compared. */
  readonly upTo?: number;
  readonly caption: string;
}

const HEIGHT = 240;
const TOP = 28;
const PLOT = 160;
const BOTTOM = TOP + PLOT;

/** Curves in a plot that is as wide as the page; only the plot is stretched, never the text. */
export function lineChart({ title, curves, shaded, xAxis, yAxis, upTo, caption }: LineChart): Html {
  const all = curves.flatMap(({ points }) => points);
  if (all.length === 0) return html``;
  const xs = linearScale(all.map(({ x }) => x));
  const ys = linearScale([...all.map(({ y }) => y), upTo ?? 0]);
  const highest = Math.max(...all.map(({ y }) => y));
  return html`
<figure>
<svg height="${HEIGHT}" role="img" aria-label="${`${title}. ${yAxis}, at most ${highest.toFixed(1)}.`}"><title>${title}</title>
<text class="tick" x="0" y="14">${yAxis}</text>
${ys.ticks.map((tick) => horizontal(tick.at, tick.text))}
<svg x="3.2rem" y="${TOP}" width="calc(100% - 3.6rem)" height="${PLOT}" viewBox="0 0 100 100" preserveAspectRatio="none">
${shaded.map((stretch) => shade(stretch, xs))}${curves.map((curve) => draw(curve, xs, ys))}</svg>
<svg x="3.2rem" width="calc(100% - 3.6rem)" height="${HEIGHT}">${xs.ticks.map(({ at: place, text }) => html`<text class="tick" x="${at(place)}" y="${BOTTOM + 18}" text-anchor="middle">${text}</text>`)}
<text class="tick" x="50%" y="${BOTTOM + 40}" text-anchor="middle">${xAxis}</text></svg>
</svg>
<figcaption>${caption}</figcaption>
</figure>`;
}

function horizontal(percent: number, text: string): Html {
  const y = BOTTOM - (percent / 100) * PLOT;
  return html`<line class="grid" x1="3.2rem" x2="100%" y1="${y}" y2="${y}"/><text class="tick" x="2.8rem" y="${y + 4}" text-anchor="end">${text}</text>`;
}

function shade({ from, to }: { from: number; to: number }, xs: Scale): Html {
  const left = xs.percent(from);
  return html`<rect class="busy" x="${left.toFixed(2)}" y="0" width="${Math.max(xs.percent(to) - left, 0.2).toFixed(2)}" height="100"/>`;
}

function draw({ side, isThin, points }: Curve, xs: Scale, ys: Scale): Html {
  const path = points.map(({ x, y }) => `${xs.percent(x).toFixed(2)},${(100 - ys.percent(y)).toFixed(2)}`).join(' ');
  return html`<polyline class="curve ${side}${isThin === true && ' thin'}" points="${path}"/>`;
}
