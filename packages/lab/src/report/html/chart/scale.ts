import { formatNumber } from '../../number-text.js';

/** Where values stand on a line, from 0 to 100 percent of its length. */
export interface Scale {
  readonly percent: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** A scale on which equal distances are equal ratios; what is at or below its beginning stands at its beginning. */
export function logScale(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive, 1)));
  const high = Math.max(Math.ceil(Math.log10(Math.max(...positive, 1) * 1.02)), low + 1);
  const percent = (value: number): number => (value <= 0 ? 0 : clamp(((Math.log10(value) - low) / (high - low)) * 100));
  const powers = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  // More than five numbers would touch each other on a telephone.
  const every = Math.ceil(powers.length / 5);
  const ticks = powers.map((value, index) => ({
    at: percent(value),
    text: index % every === 0 ? tickText(value) : '',
  }));
  return { percent, ticks };
}

/** A scale from zero to at least the largest value, with round ticks. */
export function linearScale(values: readonly number[]): Scale {
  const largest = Math.max(...values.filter(Number.isFinite), 0) || 1;
  const step = niceStep(largest / 4);
  const end = Math.ceil(largest / step) * step;
  const count = Math.round(end / step);
  const percent = (value: number): number => clamp((value / end) * 100);
  const marks = Array.from({ length: count + 1 }, (_, index) => index * step);
  return { percent, ticks: marks.map((value) => ({ at: percent(value), text: tickText(value) })) };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
}

function tickText(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : formatNumber(value).replace(/0+$/, '');
}

function clamp(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}

/** A percentage as an attribute, with digits that can be seen. */
export function at(percent: number): string {
  return `${percent.toFixed(2)}%`;
}
