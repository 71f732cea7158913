import { NO_VALUE } from '../number-text.js';

/** A figure as a README has it: a tenth below ten, else whole. */
export function shortFigure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NO_VALUE;
  return Math.abs(value) < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
}

/** A ratio above one as a README has it. */
export function shortRatio(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NO_VALUE;
  return `${value < 2 ? value.toFixed(2) : shortFigure(value)} ×`;
}

/** The smallest and the largest of some figures, in two digits each: `22–120`. */
export function shortRange(values: readonly number[]): string {
  if (values.length === 0) return NO_VALUE;
  const [low, high] = [twoDigits(Math.min(...values)), twoDigits(Math.max(...values))];
  return low === high ? low : `${low}–${high}`;
}

function twoDigits(value: number): string {
  const rounded = Number(value.toPrecision(2));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
