import type { Estimate } from '../../statistics/bootstrap.js';
import { formatNumber } from '../number-text.js';
import type { RangeMs } from './claim.js';

/** How a claim came out. `level`: the two versions cannot be told apart. */
export type ClaimOutcome =
  | 'not-measured'
  | 'holds'
  | 'less'
  | 'more'
  | 'level'
  | 'reversed'
  | 'cure-free'
  | 'cure-costs';

/** An outcome, and the sentence that the tables print. */
export interface ClaimVerdict {
  readonly outcome: ClaimOutcome;
  readonly text: string;
}

/** What stands where a run has nothing to say. */
export const NOT_MEASURED: ClaimVerdict = { outcome: 'not-measured', text: 'not measured in this run' };

/** The rules, as the pages print them. */
export const CLAIM_RULES: readonly string[] = [
  'A range of the notes holds when the 95 % interval of the measured figure touches it; else the verdict says how many times less or more the nearer end of the interval is.',
  'A mistake is reproduced when the interval of the bad version lies above that of the good one, or, where both ran in the same rounds, when the interval of their difference is above zero; with one sample each, when it is a tenth more. Where the notes have a figure for what it costs, the difference of the two is held against that: within twice of it is about as much.',
  'What a run has no figure for is not measured; nothing is taken from elsewhere.',
];

/** Holds a figure against the range of the notes. */
export function judgeRange(measuredMs: Estimate | undefined, range: RangeMs): ClaimVerdict {
  if (measuredMs === undefined) return NOT_MEASURED;
  const { low, high } = measuredMs;
  if (high < range.low) {
    const text =
      high <= 0 ? 'nothing that can be told from untraced' : `${times(range.low / high)} less than the notes say`;
    return { outcome: 'less', text };
  }
  if (low > range.high) return { outcome: 'more', text: `${times(low / range.high)} what the notes say` };
  return { outcome: 'holds', text: 'the claim holds' };
}

/** A bad and a good version, and what the notes say of their difference. */
export interface Versions {
  readonly bad: Estimate | undefined;
  readonly good: Estimate | undefined;
  /** What the mistake costs, in the unit of the two. */
  readonly cost?: RangeMs;
  readonly asks: 'mistake' | 'cure';
  /** Bad less good, within each round, where both ran in the same rounds. */
  readonly difference?: Estimate | undefined;
  /** Which way is better. @default 'less' */
  readonly better?: 'less' | 'more';
}

/** Holds the bad version against the good one. */
export function judgeVersions(versions: Versions): ClaimVerdict {
  const { bad, good, cost, asks, better } = versions;
  if (bad === undefined || good === undefined) return NOT_MEASURED;
  if (better === 'more') return judgeGain(bad, good);
  if (asks === 'cure') return judgeCure(bad, good);
  const order = orderOf(versions, bad, good);
  if (order === 'below') {
    return { outcome: 'reversed', text: 'not reproduced: the version that is called bad is the cheaper one' };
  }
  if (order === 'level') return { outcome: 'level', text: 'not reproduced: the two versions cannot be told apart' };
  const factor =
    good.median > 0
      ? `${times(bad.median / good.median)} what the good version takes`
      : 'the good version takes nothing measurable';
  return { outcome: 'holds', text: `reproduced: ${factor}${besideCost(bad.median - good.median, cost)}` };
}

/** The difference within rounds says more than two intervals: what a round has in common cancels out. */
function orderOf({ difference }: Versions, bad: Estimate, good: Estimate): 'above' | 'below' | 'level' {
  if (difference !== undefined && difference.count > 1) {
    if (difference.low > 0) return 'above';
    return difference.high < 0 ? 'below' : 'level';
  }
  if (isAbove(bad, good)) return 'above';
  return isAbove(good, bad) ? 'below' : 'level';
}

function judgeGain(bad: Estimate, good: Estimate): ClaimVerdict {
  if (!isAbove(good, bad)) return { outcome: 'level', text: 'not reproduced: the bad version has as much' };
  return {
    outcome: 'holds',
    text: `reproduced: ${formatNumber(bad.median)} arrive, and ${formatNumber(good.median)} with the cure`,
  };
}

function judgeCure(bad: Estimate, good: Estimate): ClaimVerdict {
  if (!isAbove(good, bad)) return { outcome: 'cure-free', text: 'the cure costs nothing that can be measured' };
  return { outcome: 'cure-costs', text: `the cure takes ${times(good.median / bad.median)} what leaving it out takes` };
}

const SINGLE_SAMPLE_MARGIN = 1.1;

function isAbove(upper: Estimate, lower: Estimate): boolean {
  if (upper.count < 2 || lower.count < 2) return upper.median > lower.median * SINGLE_SAMPLE_MARGIN;
  return upper.low > lower.high;
}

function besideCost(measured: number, cost: RangeMs | undefined): string {
  if (cost === undefined) return '';
  if (measured < cost.low / 2) return `, but its price is ${times(cost.low / measured)} less than the notes say`;
  if (measured > cost.high * 2) return `, and its price is ${times(measured / cost.high)} what the notes say`;
  return ', about as much as the notes say';
}

function times(factor: number): string {
  return `${factor >= 10 ? Math.round(factor).toLocaleString('en-US') : formatNumber(factor)} times`;
}
