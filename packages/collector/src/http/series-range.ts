import { MAX_SERIES_POINTS, SERIES_STEP_UNIT_MS, type SeriesQuery } from '@slipstream/query-api';
import type { SeriesRequest } from '../store/contract.js';

/** What somebody sees who does not say which time. */
const DEFAULT_RANGE_US = 86_400_000_000;

/** Points of an answer whose step nobody has named: what a chart of ordinary width can show. */
const USUAL_POINTS = 150;

const MINUTES_PER_DAY = 1440;
/** Steps that people read off a clock or a calendar, in minutes; stores answer whole hours from larger sums. */
const ROUND_STEPS = [1, 2, 5, 10, 15, 60, 120, 180, 360, 720, MINUTES_PER_DAY, 7 * MINUTES_PER_DAY];

export type SeriesRange =
  | { readonly kind: 'ok'; readonly request: SeriesRequest }
  | { readonly kind: 'wrong'; readonly message: string };

/** Fills in what a query leaves out, and widens its range to whole steps. */
export function seriesRange({ fromUs, toUs, stepMs, ...filter }: SeriesQuery, nowUs: number): SeriesRange {
  const lastUs = toUs ?? Math.max(nowUs, 0);
  const firstUs = fromUs ?? Math.max(0, lastUs - DEFAULT_RANGE_US);
  if (firstUs > lastUs)
    return {
      kind: 'wrong',
      message: `fromUs: must not be after ${toUs === undefined ? 'now, unless toUs is given' : 'toUs'}`,
    };
  const step = stepMs ?? usualStepMs(firstUs, lastUs);
  const request = { ...filter, stepMs: step, ...wholeSteps(firstUs, lastUs, step) };
  const points = (request.toMs - request.fromMs) / step;
  if (points <= MAX_SERIES_POINTS) return { kind: 'ok', request };
  return {
    kind: 'wrong',
    message: `stepMs: gives ${points} points of at most ${MAX_SERIES_POINTS}; take ${usualStepMs(firstUs, lastUs)}, leave it out, or ask for a shorter time`,
  };
}

function usualStepMs(fromUs: number, toUs: number): number {
  const leastMinutes = (toUs - fromUs) / 1000 / SERIES_STEP_UNIT_MS / USUAL_POINTS;
  const weeks = Math.ceil(leastMinutes / (7 * MINUTES_PER_DAY));
  const minutes = ROUND_STEPS.find((each) => each >= leastMinutes) ?? weeks * 7 * MINUTES_PER_DAY;
  return minutes * SERIES_STEP_UNIT_MS;
}

function wholeSteps(fromUs: number, toUs: number, stepMs: number): Pick<SeriesRequest, 'fromMs' | 'toMs'> {
  const stepUs = stepMs * 1000;
  return { fromMs: Math.floor(fromUs / stepUs) * stepMs, toMs: (Math.floor(toUs / stepUs) + 1) * stepMs };
}
