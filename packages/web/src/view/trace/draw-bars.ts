import type { ObservationNode } from '@slipstream/query-api';
import { endOf, isRunning } from '../../model/observation.js';
import { positionOf, type Tick, type TimeWindow } from '../../model/time-scale.js';
import type { TraceRow } from '../../rows/trace-rows.js';
import type { Palette } from './palette.js';

export interface BarScene {
  /** Only the rows to be drawn, from the top. */
  readonly rows: readonly TraceRow[];
  readonly rowPx: number;
  readonly widthPx: number;
  readonly window: TimeWindow;
  readonly ticks: readonly Tick[];
  readonly palette: Palette;
  readonly nowUs: number;
  /** Moves the stripes of running bars; in [0, 1). */
  readonly phase: number;
}

/** Space at both ends, so that a bar at the edge is seen to end there. */
export const BAR_MARGIN_PX = 12;
const BAR_PX = 10;
/** A span too short for a pixel is still there. */
const LEAST_BAR_PX = 2;
const STRIPE_PX = 12;

/** Draws grid and bars. The time it takes depends on the rows given, never on the size of the trace. */
export function drawBars(context: CanvasRenderingContext2D, scene: BarScene): void {
  const heightPx = scene.rows.length * scene.rowPx;
  context.clearRect(0, 0, scene.widthPx, heightPx);
  context.fillStyle = scene.palette.grid;
  for (const { position } of scene.ticks) context.fillRect(Math.round(xOf(scene, position)), 0, 1, heightPx);
  scene.rows.forEach((row, index) => {
    context.globalAlpha = row.isMatch ? 1 : 0.35;
    drawBar(context, scene, row.entry.observation, index * scene.rowPx + scene.rowPx / 2);
  });
  context.globalAlpha = 1;
}

/** Pixels from the left for a position on the axis. */
export function xOf(scene: { readonly widthPx: number }, position: number): number {
  return BAR_MARGIN_PX + position * (scene.widthPx - 2 * BAR_MARGIN_PX);
}

function drawBar(context: CanvasRenderingContext2D, scene: BarScene, observation: ObservationNode, middlePx: number) {
  const endUs = endOf(observation, scene.nowUs);
  const left = xOf(scene, positionOf(scene.window, observation.startTimeUs));
  const right = xOf(scene, positionOf(scene.window, endUs));
  if (right < 0 || left > scene.widthPx) {
    drawOutside(context, scene, left > scene.widthPx, middlePx);
    return;
  }
  context.fillStyle = observation.level === 'ERROR' ? scene.palette.error : scene.palette.types[observation.type];
  if (observation.type === 'event') {
    drawDiamond(context, left, middlePx);
    return;
  }
  const from = Math.max(left, -STRIPE_PX);
  const to = Math.min(Math.max(right, left + LEAST_BAR_PX), scene.widthPx + STRIPE_PX);
  if (isRunning(observation)) drawRunning(context, scene, from, to, middlePx);
  else drawFinished(context, scene, observation, from, to, middlePx);
}

/** The wait for the first token is lighter than the tokens that follow. */
function drawFinished(
  context: CanvasRenderingContext2D,
  scene: BarScene,
  observation: ObservationNode,
  ...[from, to, middlePx]: [number, number, number]
): void {
  const top = middlePx - BAR_PX / 2;
  const firstTokenUs = observation.completionStartTimeUs;
  if (firstTokenUs === null) {
    fillRounded(context, from, top, to - from);
    return;
  }
  const firstToken = Math.min(to, Math.max(from, xOf(scene, positionOf(scene.window, firstTokenUs))));
  const alpha = context.globalAlpha;
  context.save();
  context.beginPath();
  context.roundRect(from, top, to - from, BAR_PX, radiusFor(to - from));
  context.clip();
  context.globalAlpha = alpha * 0.38;
  context.fillRect(from, top, firstToken - from, BAR_PX);
  context.globalAlpha = alpha;
  context.fillRect(firstToken, top, to - firstToken, BAR_PX);
  context.restore();
}

/** Stripes that move, and no end: the right edge is open. */
function drawRunning(
  context: CanvasRenderingContext2D,
  scene: BarScene,
  ...[from, to, middlePx]: [number, number, number]
): void {
  const top = middlePx - BAR_PX / 2;
  const alpha = context.globalAlpha;
  context.save();
  context.beginPath();
  context.roundRect(from, top, to - from, BAR_PX, [radiusFor(to - from), 0, 0, radiusFor(to - from)]);
  context.clip();
  context.globalAlpha = alpha * 0.3;
  context.fillRect(from, top, to - from, BAR_PX);
  context.globalAlpha = alpha * 0.7;
  context.beginPath();
  for (let x = from - 2 * STRIPE_PX + scene.phase * STRIPE_PX; x < to; x += STRIPE_PX) {
    context.moveTo(x, top + BAR_PX);
    context.lineTo(x + BAR_PX, top);
    context.lineTo(x + BAR_PX + STRIPE_PX / 2, top);
    context.lineTo(x + STRIPE_PX / 2, top + BAR_PX);
    context.closePath();
  }
  context.fill();
  context.restore();
  context.globalAlpha = alpha;
  context.fillRect(to - 1, top - 2, 2, BAR_PX + 4);
}

function drawDiamond(context: CanvasRenderingContext2D, x: number, middlePx: number): void {
  context.beginPath();
  context.moveTo(x, middlePx - 5);
  context.lineTo(x + 5, middlePx);
  context.lineTo(x, middlePx + 5);
  context.lineTo(x - 5, middlePx);
  context.closePath();
  context.fill();
}

/** A small arrow at the edge beyond which the bar lies. */
function drawOutside(context: CanvasRenderingContext2D, scene: BarScene, isRight: boolean, middlePx: number): void {
  const tip = isRight ? scene.widthPx - 3 : 3;
  const back = isRight ? tip - 4 : tip + 4;
  context.fillStyle = scene.palette.mark;
  context.beginPath();
  context.moveTo(tip, middlePx);
  context.lineTo(back, middlePx - 3);
  context.lineTo(back, middlePx + 3);
  context.closePath();
  context.fill();
}

function fillRounded(context: CanvasRenderingContext2D, left: number, top: number, width: number): void {
  context.beginPath();
  context.roundRect(left, top, width, BAR_PX, radiusFor(width));
  context.fill();
}

function radiusFor(width: number): number {
  return Math.min(3, width / 2);
}
