import { median } from '../statistics/quantile.js';

/** When a warm-up is over. */
export interface WarmUpRule {
  /** Not before so many cycles. */
  readonly leastCycles: number;
  /** Then at the latest, settled or not. */
  readonly mostCycles: number;
}

/** How a warm-up went; it stands in the sample's record. */
export interface WarmUpOutcome {
  readonly cycles: number;
  /** The time a cycle takes had stopped to change. */
  readonly settled: boolean;
  /** How much the median of the last cycles differed from that of those before, as a share. */
  readonly driftShare: number;
}

/** Two medians that are closer than this are the same: what compiling changes is far more. */
const SETTLED_SHARE = 0.05;
const LEAST_COMPARED = 5;
const MOST_COMPARED = 25;
/** How much longer than its settings say a warm-up may take. */
const BOUND_FACTOR = 2;

/** The rule for a configured number of cycles: at least these, at most twice as many. */
export function warmUpRule(cycles: number): WarmUpRule {
  return { leastCycles: cycles, mostCycles: cycles * BOUND_FACTOR };
}

/** Compares the last cycles with as many before them; a share, infinite while there are too few. */
export function driftOf(cycleMs: readonly number[], compared: number): number {
  if (cycleMs.length < 2 * compared) return Number.POSITIVE_INFINITY;
  const last = median(cycleMs.slice(-compared));
  const before = median(cycleMs.slice(-2 * compared, -compared));
  return before === 0 ? Number.POSITIVE_INFINITY : Math.abs(last / before - 1);
}

/**
 * Runs cycles until the time that one takes has settled.
 *
 * @param runCycle runs one and says how long its work took, its rest left out
 */
export async function warmUp(rule: WarmUpRule, runCycle: () => Promise<number>): Promise<WarmUpOutcome> {
  const compared = comparedCycles(rule.leastCycles);
  const cycleMs: number[] = [];
  for (;;) {
    cycleMs.push(await runCycle());
    const isDue = cycleMs.length >= rule.leastCycles && (cycleMs.length - rule.leastCycles) % compared === 0;
    const isLast = cycleMs.length >= rule.mostCycles;
    if (!isDue && !isLast) continue;
    const drift = driftOf(cycleMs, compared);
    if (drift <= SETTLED_SHARE || isLast) {
      // JSON has no infinity: a warm-up too short to be compared counts as one that changed wholly.
      return { cycles: cycleMs.length, settled: drift <= SETTLED_SHARE, driftShare: Math.min(1, drift) };
    }
  }
}

function comparedCycles(leastCycles: number): number {
  return Math.max(LEAST_COMPARED, Math.min(MOST_COMPARED, Math.floor(leastCycles / 4)));
}
