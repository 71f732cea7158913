import { describeArm } from '../arms/registry.js';
import { formatNumber, formatPercent } from '../report/number-text.js';
import { modelOf } from './arm-models.js';
import type { ComparedCell } from './compare.js';
import { CALIBRATION_WARM_UP, TEXT_CONSTANTS } from './constants.js';
import type { Drift } from './drift.js';
import { HEADLINE_BOUND, type PredictedMetric } from './headline.js';
import type { Prediction, Predictions, PricedTerm } from './predict.js';

/** A smaller change of the machine explains nothing. */
const FELT_DRIFT = 0.1;
/** A smaller share of what was measured explains nothing. */
const FELT_GARBAGE = 0.1;
/** A term of this share of a sum is where the sum is decided. */
const LARGE_SHARE = 0.4;

const DOUBT_TEXT = {
  noise: 'The measured figure is within what two untraced arms differ by.',
  floor: 'The predicted stall is within twice the longest one of the work alone.',
  lost: 'The library lost spans, so that it did less than was predicted.',
} as const;

/** Why a prediction missed, as far as the run's own data tell; each sentence is found by a rule, none is written by hand. */
export function reasonsOf(cell: ComparedCell, predictions: Predictions): string[] {
  if (cell.doubt !== undefined) return [DOUBT_TEXT[cell.doubt]];
  const own = predictions.cells.find(({ scenario, arm }) => scenario === cell.scenario && arm === cell.arm);
  const found = [
    intervalReason(cell),
    driftReason(cell, own, predictions.drift),
    garbageReason(cell),
    warmUpReason(cell, own),
    largestTermReason(cell, own),
    leftOutReason(cell),
  ].filter((reason) => reason !== undefined);
  return found.length > 0 ? found : ['No rule finds the reason in the data of this run.'];
}

/** Within the interval of the measurement, or within the bound of its nearer end. */
function intervalReason({ predicted, interval }: ComparedCell): string | undefined {
  if (interval === undefined || interval.low >= interval.high) return undefined;
  const nearest = Math.min(interval.high, Math.max(interval.low, predicted));
  const error = nearest > 0 ? predicted / nearest - 1 : undefined;
  if (error === undefined || Math.abs(error) > HEADLINE_BOUND) return undefined;
  return error === 0
    ? 'The prediction is within the interval of the measurement, which is that wide.'
    : `The measurement's interval is wide: at its nearer end the error is ${signedPercent(error)}.`;
}

function driftReason(
  { metric, predicted, measured }: ComparedCell,
  own: Prediction | undefined,
  drift: Drift | undefined,
): string | undefined {
  if (drift === undefined || measured === undefined || measured <= 0) return undefined;
  const change = driftOf(metric, own, drift);
  if (Math.abs(change - 1) < FELT_DRIFT) return undefined;
  const error = predicted / measured - 1;
  const shifted = (predicted * change) / measured - 1;
  if (Math.abs(shifted) >= Math.abs(error)) return undefined;
  return `The machine changed: after the run the same operations took ${signedPercent(change - 1)}, by which the error would be ${signedPercent(shifted)}.`;
}

/** What of the machine a figure depends on most. */
function driftOf(metric: PredictedMetric, own: Prediction | undefined, drift: Drift): number {
  if (metric === 'p50Ms' || metric === 'p99Ms') return drift.requestLatency;
  if (metric === 'mainCpuMsPerSecond' && (own === undefined || own.terms.length === 0)) return drift.requestCpu;
  const terms = own?.terms ?? [];
  const total = sumUs(terms);
  const textShare = total === 0 ? 0 : sumUs(terms.filter(({ constant }) => constant in TEXT_CONSTANTS)) / total;
  return textShare * drift.text + (1 - textShare) * drift.fixed;
}

function largestTermReason({ metric }: ComparedCell, own: Prediction | undefined): string | undefined {
  const [largest] = sharesOf(own?.terms ?? []);
  if (metric === 'p50Ms' || metric === 'p99Ms' || largest === undefined || largest.share < LARGE_SHARE)
    return undefined;
  return `${formatPercent(largest.share)} of the sum is ${largest.constant}: an error of that constant is one of the whole.`;
}

/** Collecting what a library leaves behind is in no operation alone. */
function garbageReason({ error = 0, measured = 0, gcUsPerSpan = 0 }: ComparedCell): string | undefined {
  if (error >= 0 || gcUsPerSpan < FELT_GARBAGE * measured) return undefined;
  return `Garbage collection took ${formatNumber(gcUsPerSpan)} µs a span more than for the work alone, of which the model has no more than what a made-up tracer leaves behind.`;
}

/** Code that is still interpreted costs several times as much. */
function warmUpReason({ error = 0 }: ComparedCell, own: Prediction | undefined): string | undefined {
  if (error >= 0 || own?.warmUpSpans === undefined) return undefined;
  return `It was measured after ${Math.round(own.warmUpSpans)} spans, the constants after ${CALIBRATION_WARM_UP} calls: code that has run so seldom is still being compiled.`;
}

function leftOutReason({ arm, error = 0 }: ComparedCell): string | undefined {
  const leftOut = modelOf(arm)?.leftOut;
  if (error >= 0 || leftOut === undefined || describeArm(arm).side === 'none') return undefined;
  return `Not counted for this library: ${leftOut}.`;
}

/** A constant's share of a sum, direct and deferred together, the largest first. */
export function sharesOf(terms: readonly PricedTerm[]): { readonly constant: string; readonly share: number }[] {
  const total = sumUs(terms);
  const byConstant = new Map<string, number>();
  for (const { constant, us } of terms) byConstant.set(constant, (byConstant.get(constant) ?? 0) + us);
  return [...byConstant]
    .map(([constant, us]) => ({ constant, share: total === 0 ? 0 : us / total }))
    .toSorted((left, right) => right.share - left.share);
}

function sumUs(terms: readonly PricedTerm[]): number {
  return terms.reduce((total, { us }) => total + us, 0);
}

/** `+12 %`, with a real minus sign. */
export function signedPercent(value: number): string {
  return `${value < 0 ? '−' : '+'}${formatPercent(Math.abs(value))}`;
}
